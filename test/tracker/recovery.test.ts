import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import {
  findFile,
  getDownloadStatusSummary,
  getPendingDownloads,
  type TrackerOptions,
  updateCsvDownloadStatus,
} from '../../src/index.ts';
import { MIGRATIONS } from '../../src/ledger/sqlite/migrations.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { contextOf, csvFile, failure, rowOf, success } from './fixtures.ts';

/** Trackers stay open for a moment after their last use; what comes after is done by "another process". */
const closed = async (csv: string) => {
  const place = join(dirname(csv), '.rowtrail', 'people.csv');
  await expect.poll(() => readdir(place)).not.toContain('ledger.db-wal');
};

function collected(): { options: TrackerOptions; messages: string[] } {
  const messages: string[] = [];
  return { messages, options: { onNote: ({ message }) => messages.push(message) } };
}

it('goes on from the cells when the ledger was deleted: completed stays completed, attempts are counted on', async () => {
  const csv = await csvFile();
  await updateCsvDownloadStatus(0, 'youtube', success(contextOf(await rowOf(csv, '007')), ['a.mp4']), csv);
  for (let n = 0; n < 2; n++)
    await updateCsvDownloadStatus(1, 'youtube', failure(contextOf(await rowOf(csv, 'NA'))), csv);
  await closed(csv);
  await rm(join(dirname(csv), '.rowtrail'), { recursive: true });

  expect((await getPendingDownloads(csv, { downloadType: 'youtube' })).map(({ rowId }) => rowId)).toEqual([
    'NA',
  ]);
  await updateCsvDownloadStatus(1, 'youtube', failure(contextOf(await rowOf(csv, 'NA'))), csv);
  expect(await getPendingDownloads(csv, { downloadType: 'youtube' })).toEqual([]);
  expect((await rowOf(csv, 'NA'))['download_errors']?.split('; ')).toHaveLength(3);
  expect(await rowOf(csv, '007')).toMatchObject({ youtube_status: 'completed', youtube_files: 'a.mp4' });
});

it('sets a damaged ledger aside, says so, and loses nothing that the CSV shows', async () => {
  const csv = await csvFile();
  await updateCsvDownloadStatus(0, 'youtube', success(contextOf(await rowOf(csv, '007')), ['a.mp4']), csv);
  await closed(csv);
  const folder = join(dirname(csv), '.rowtrail', 'people.csv');
  for (const ending of ['-wal', '-shm']) await rm(join(folder, `ledger.db${ending}`), { force: true });
  const damaged = 'not a database any more'.repeat(100);
  await writeFile(join(folder, 'ledger.db'), damaged);

  const { options, messages } = collected();
  expect(await getDownloadStatusSummary(csv, options)).toMatchObject({
    youtube: { completed: 1, pending: 1 },
  });
  expect(messages.join()).toContain('the ledger was damaged: it was set aside as ledger.db.damaged-');
  const aside = (await readdir(folder)).find((name) => name.includes('damaged'));
  expect(await readFile(join(folder, aside ?? ''), 'utf8')).toBe(damaged);
  await updateCsvDownloadStatus(0, 'drive', success(contextOf(await rowOf(csv, '007')), ['d.pdf']), csv);
  expect(await rowOf(csv, '007')).toMatchObject({ youtube_status: 'completed', drive_status: 'completed' });
});

it('finds its ledger again when the CSV was renamed, or moved with its folder', async () => {
  const csv = await csvFile();
  await updateCsvDownloadStatus(0, 'youtube', success(contextOf(await rowOf(csv, '007')), ['a.mp4']), csv);
  await closed(csv);
  const elsewhere = join(await tempFolder(), 'deeper');
  await mkdir(elsewhere);
  await rename(dirname(csv), join(elsewhere, 'moved'));
  await rename(join(elsewhere, 'moved', 'people.csv'), join(elsewhere, 'moved', 'leute.csv'));
  const moved = join(elsewhere, 'moved', 'leute.csv');

  const { options, messages } = collected();
  expect(await getDownloadStatusSummary(moved, options)).toMatchObject({ youtube: { completed: 1 } });
  expect(messages.join()).toContain('it was called people.csv before');
  expect(await readdir(join(elsewhere, 'moved', '.rowtrail'))).toEqual(['leute.csv']);
  expect((await findFile('a.mp4', { cwd: join(elsewhere, 'moved') })).rows).toMatchObject([{ rowId: '007' }]);
});

it('takes no ledger over from a CSV that is still there', async () => {
  const csv = await csvFile();
  await updateCsvDownloadStatus(0, 'youtube', success(contextOf(await rowOf(csv, '007'))), csv);
  const copy = join(dirname(csv), 'copy.csv');
  await writeFile(copy, await readFile(csv));
  await getDownloadStatusSummary(copy);
  expect(await readdir(join(dirname(csv), '.rowtrail'))).toEqual(['people.csv']);
});

it('knows rows again whose row_id lost its leading zeros in a spreadsheet, and says so', async () => {
  const csv = await csvFile();
  await updateCsvDownloadStatus(0, 'youtube', success(contextOf(await rowOf(csv, '007')), ['a.mp4']), csv);
  const text = await readFile(csv, 'utf8');
  const damaged = text.replace(/^007,/m, '7,').replaceAll('1.10', '1.1');
  await writeFile(csv, damaged);
  const { options, messages } = collected();
  expect(await getDownloadStatusSummary(csv, options)).toMatchObject({ youtube: { completed: 1 } });
  expect(messages.join()).toContain('it was row 007 before');
  expect(await rowOf(csv, '7')).toMatchObject({ youtube_status: 'completed', youtube_files: 'a.mp4' });
  await writeFile(csv, (await readFile(csv, 'utf8')).replace(/^7,/m, '007,'));
  expect(await getDownloadStatusSummary(csv)).toMatchObject({ youtube: { completed: 1 } });
  expect((await findFile('a.mp4', { cwd: dirname(csv) })).rows).toMatchObject([{ rowId: '007' }]);
});

it('does not take another person for a row that lost its zeros', async () => {
  const csv = await csvFile();
  await updateCsvDownloadStatus(0, 'youtube', success(contextOf(await rowOf(csv, '007')), ['a.mp4']), csv);
  const text = await readFile(csv, 'utf8');
  await writeFile(
    csv,
    text.replace(/^007,.*$/m, '7,Other,other@example.org,X,https://youtu.be/ccccccccccc,,,pending,,,,,,,'),
  );
  await getDownloadStatusSummary(csv);
  expect(await rowOf(csv, '7')).toMatchObject({ youtube_status: 'pending', youtube_files: '' });
});

it('says when it overrules a hand-made status that means nothing', async () => {
  const csv = await csvFile();
  await updateCsvDownloadStatus(0, 'youtube', success(contextOf(await rowOf(csv, '007')), ['a.mp4']), csv);
  await writeFile(csv, (await readFile(csv, 'utf8')).replace('completed,a.mp4', 'done!,a.mp4'));
  const { options, messages } = collected();
  await getDownloadStatusSummary(csv, options);
  expect(messages.join()).toContain('changed by hand in a way that means nothing');
  expect(await rowOf(csv, '007')).toMatchObject({ youtube_status: 'completed' });
});

it('says so when a ledger of an earlier format is brought up to date', async () => {
  const csv = await csvFile();
  const folder = join(dirname(csv), '.rowtrail', 'people.csv');
  await mkdir(folder, { recursive: true });
  const db = new Database(join(folder, 'ledger.db'));
  db.exec(MIGRATIONS[0] ?? '');
  db.pragma('user_version = 1');
  db.close();
  const notes: string[] = [];
  await getDownloadStatusSummary(csv, { onNote: ({ message }) => notes.push(message) });
  expect(notes).toEqual([expect.stringMatching(/^the ledger is brought from format 1 to \d+: /)]);
});

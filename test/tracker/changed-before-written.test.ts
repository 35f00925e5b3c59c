import { readFile, rename, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { resetDownloadStatus, updateCsvDownloadStatus } from '../../src/index.ts';
import { type Ledger, openSqliteLedger } from '../../src/ledger/index.ts';
import { contextOf, csvFile, rowOf, success } from './fixtures.ts';
import { Child } from './torture/child.ts';

const NOT_IN_CSV = {
  name: 'NotInCsvError',
  code: 'csv_changed',
  category: 'file_io',
  recorded: true,
  rowId: '007',
  message: expect.stringContaining(
    'row 007 was reset or got another link meanwhile; the result is kept in the history only',
  ),
};

/** A CSV whose row 007 has `old.mp4`, and a result with `new.mp4` that is recorded and waits for its turn to be written. */
async function waitingResult() {
  const csv = await csvFile();
  const context = contextOf(await rowOf(csv, '007'));
  await updateCsvDownloadStatus(0, 'youtube', success(context, ['old.mp4']), csv);
  const ledger = await openSqliteLedger(join(dirname(csv), '.rowtrail', 'people.csv', 'ledger.db'));
  onTestFinished(() => ledger.close());
  const holder = new Child('holder.ts', [csv, 'write']);
  onTestFinished(() => holder.kill());
  await holder.line('held');
  const told = updateCsvDownloadStatus(0, 'youtube', success(context, ['new.mp4']), csv).then(
    () => 'written',
    (error: unknown) => error,
  );
  await expect.poll(async () => (await ledger.row('007'))?.downloads.youtube?.files).toEqual(['new.mp4']);
  return { csv, ledger, told, release: () => holder.say('release') };
}

const generationOf = async (ledger: Ledger) => (await ledger.row('007'))?.downloads.youtube?.generation;
const isInHistory = async (ledger: Ledger) => (await ledger.filesNamed('new.mp4')).map(({ rowId }) => rowId);

const PENDING = { youtube_status: 'pending', youtube_files: '', youtube_media_id: '', download_errors: '' };

it('a result whose row another call resets before it is in the CSV is kept in the history, and its caller is told', async () => {
  const { csv, ledger, told, release } = await waitingResult();
  const reset = resetDownloadStatus('007', 'youtube', csv);
  await expect.poll(() => generationOf(ledger)).toBe(2);
  release();
  expect(await told).toMatchObject(NOT_IN_CSV);
  expect(await reset).toBe(true);
  expect(await rowOf(csv, '007')).toMatchObject(PENDING);
  expect(await isInHistory(ledger)).toEqual(['007']);
});

it('so is one whose row another process resets', async () => {
  const { csv, ledger, told, release } = await waitingResult();
  const resetter = new Child('resetter.ts', [csv, '007']);
  onTestFinished(() => resetter.kill());
  await expect.poll(() => generationOf(ledger)).toBe(2);
  release();
  expect(await told).toMatchObject(NOT_IN_CSV);
  expect(await resetter.line('reset')).toBe('reset true');
  expect(await rowOf(csv, '007')).toMatchObject(PENDING);
  expect(await isInHistory(ledger)).toEqual(['007']);
});

it('so is one whose link a person changes before it is in the CSV', async () => {
  const { csv, ledger, told, release } = await waitingResult();
  const temp = join(dirname(csv), 'saved.tmp');
  await writeFile(
    temp,
    (await readFile(csv, 'utf8')).replace('youtu.be/aaaaaaaaaaa', 'youtu.be/zzzzzzzzzzz'),
  );
  const before = new Date(Date.now() - 10_000);
  await utimes(temp, before, before);
  await rename(temp, csv);
  release();
  expect(await told).toMatchObject(NOT_IN_CSV);
  expect(await rowOf(csv, '007')).toMatchObject({
    ...PENDING,
    youtube_playlist: 'https://youtu.be/zzzzzzzzzzz',
  });
  expect(await generationOf(ledger)).toBe(2);
  expect(await isInHistory(ledger)).toEqual(['007']);
});

import { open, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  ensureTrackingColumns,
  getDownloadStatusSummary,
  getPendingDownloads,
  updateCsvDownloadStatus,
} from '../../src/index.ts';
import { contextOf, csvFile, readCells, rowOf, success } from './fixtures.ts';

/** Saves as a spreadsheet does: a new file that takes the old one's place. */
async function saveAs(csv: string, text: string): Promise<void> {
  await writeFile(join(dirname(csv), 'saved.tmp'), text);
  await rename(join(dirname(csv), 'saved.tmp'), csv);
}

async function completed(csv: string, rowId: string): Promise<void> {
  await updateCsvDownloadStatus(
    0,
    'youtube',
    success(contextOf(await rowOf(csv, rowId)), [`${rowId}.mp4`]),
    csv,
  );
}

describe('a person edits the CSV between two results', () => {
  it('and every result lands on its row_id, in the file that the person saved', async () => {
    const csv = await csvFile();
    await completed(csv, '007');
    const [header = '', ...rows] = (await readFile(csv, 'utf8')).trimEnd().split('\r\n');
    await saveAs(csv, [header, ...rows.toReversed()].join('\n'));
    await completed(csv, 'NA');
    expect((await readCells(csv)).map((row) => [row['row_id'], row['youtube_files']])).toEqual([
      ['3', ''],
      ['NA', 'NA.mp4'],
      ['007', '007.mp4'],
    ]);
    expect((await readFile(csv, 'utf8')).includes('\r')).toBe(false);
  });

  it('and a stale copy that was saved over the results gets them again', async () => {
    const csv = await csvFile();
    await ensureTrackingColumns(csv);
    const stale = await readFile(csv, 'utf8');
    await completed(csv, '007');
    await saveAs(csv, stale);
    await getDownloadStatusSummary(csv);
    expect(await rowOf(csv, '007')).toMatchObject({ youtube_status: 'completed', youtube_files: '007.mp4' });
  });

  it('and a status that was set to pending by hand is fetched again', async () => {
    const csv = await csvFile();
    await completed(csv, '007');
    const text = await readFile(csv, 'utf8');
    await saveAs(csv, text.replace('completed,007.mp4', 'pending,007.mp4'));
    expect((await getPendingDownloads(csv, { downloadType: 'youtube' })).map(({ rowId }) => rowId)).toEqual([
      '007',
      'NA',
    ]);
    expect(await rowOf(csv, '007')).toMatchObject({ youtube_status: 'pending', youtube_files: '' });
  });

  it('and another link makes the download pending again', async () => {
    const csv = await csvFile();
    await completed(csv, '007');
    const text = await readFile(csv, 'utf8');
    await saveAs(csv, text.replace('aaaaaaaaaaa,https://drive', 'zzzzzzzzzzz,https://drive'));
    expect((await getPendingDownloads(csv, { downloadType: 'youtube' })).map(({ rowId }) => rowId)).toEqual([
      '007',
      'NA',
    ]);
    expect(await rowOf(csv, '007')).toMatchObject({ youtube_status: 'pending', youtube_media_id: '' });
  });

  it('and columns that were added or moved stay where the person put them', async () => {
    const csv = await csvFile();
    await completed(csv, '007');
    const rows = (await readCells(csv)).map((row) => ({ note: 'x', ...row }));
    const names = Object.keys(rows[0] ?? {}).toReversed();
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    await saveAs(
      csv,
      [names, ...rows.map((row) => names.map((name) => (row as Record<string, string>)[name] ?? ''))]
        .map((cells) => cells.map(quoted).join(';'))
        .join('\n'),
    );
    await completed(csv, 'NA');
    const text = await readFile(csv, 'utf8');
    expect(text.split('\n')[0]).toBe(names.map(quoted).join(';'));
    expect(await rowOf(csv, 'NA')).toMatchObject({ youtube_status: 'completed', note: 'x', mine: 'a, "b"' });
  });

  it('and a file that is still being written is read when it is still', async () => {
    const csv = await csvFile();
    await completed(csv, '007');
    const text = await readFile(csv, 'utf8');
    const lines = text.split('\r\n');
    await writeFile(csv, `${lines[0]}\r\n`);
    const waiting = completed(csv, 'NA').catch((error: unknown) => error);
    await sleep(100);
    await writeFile(csv, text);
    await waiting;
    await getDownloadStatusSummary(csv);
    expect(await rowOf(csv, '007')).toMatchObject({ youtube_status: 'completed' });
  });

  it('and half of a file that is written in place is not taken for the whole, even by a program that just began', async () => {
    const csv = await csvFile();
    await ensureTrackingColumns(csv);
    const text = await readFile(csv, 'utf8');
    const half = text.indexOf('NA,Nora');
    const handle = await open(csv, 'r+');
    await handle.truncate(0);
    await handle.write(text.slice(0, half), 0);
    const waiting = completed(csv, '007');
    await sleep(150);
    await handle.write(text.slice(half), half);
    await handle.close();
    await waiting;
    expect((await readCells(csv)).map((row) => [row['row_id'], row['youtube_status']])).toEqual([
      ['007', 'completed'],
      ['NA', 'pending'],
      ['3', ''],
    ]);
  });

  it('and somebody else under an old row_id is pending, with nothing of the old row', async () => {
    const csv = await csvFile();
    await completed(csv, '007');
    const [header = '', , ...rows] = (await readFile(csv, 'utf8')).trimEnd().split('\r\n');
    const other = '007,Eve,eve@example.org,XX #9,https://youtu.be/eeeeeeeeeee,,,pending,,,,,,,';
    await saveAs(csv, [header, other, ...rows].map((line) => `${line}\r\n`).join(''));
    expect((await getPendingDownloads(csv)).map(({ rowId, name }) => `${rowId} ${name}`)).toEqual([
      '007 Eve',
      'NA Nora',
    ]);
    expect(await rowOf(csv, '007')).toMatchObject({ youtube_status: 'pending', youtube_files: '' });
    await completed(csv, '007');
    expect(await rowOf(csv, '007')).toMatchObject({ youtube_status: 'completed', name: 'Eve' });
  });
});

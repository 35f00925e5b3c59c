import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  DownloadResult,
  ensureTrackingColumns,
  getDownloadStatusSummary,
  getPendingDownloads,
  resetDownloadStatus,
  RowContext,
  updateCsvDownloadStatus,
} from '../../src/index.ts';
import { tempFolder } from '../support/temp-folder.ts';

const LINK = 'https://youtu.be/dQw4w9WgXcQ';

async function sheet(header: string, ...rows: readonly string[]): Promise<string> {
  const csv = join(await tempFolder(), 'people.csv');
  await writeFile(csv, [header, ...rows, ''].join('\n'));
  return csv;
}

it('a CSV without a type column is worked off: row_id and one link column are all that is required', async () => {
  const csv = await sheet('name,youtube_playlist,row_id', `Ada,${LINK},007`, 'Bob,,8', `"C, D",${LINK},9`);
  expect(await ensureTrackingColumns(csv)).toBe(true);
  const pending = await getPendingDownloads(csv);
  expect(pending.map(({ rowId, type, name }) => [rowId, type, name])).toEqual([
    ['007', '', 'Ada'],
    ['9', '', 'C, D'],
  ]);
  const rowContext = pending[1] ?? new RowContext({ rowId: '', rowIndex: 0, type: '', name: '', email: '' });
  await updateCsvDownloadStatus(
    rowContext.rowIndex,
    'youtube',
    new DownloadResult({
      success: true,
      filesDownloaded: ['a.mp4'],
      mediaId: 'dQw4w9WgXcQ',
      errorMessage: null,
      metadataFile: null,
      rowContext,
    }),
    csv,
  );
  const [, ada, bob, third] = (await readFile(csv, 'utf8')).split('\n');
  expect(ada).toBe(`Ada,${LINK},007,pending,,,,,,,`);
  expect(bob).toBe('Bob,,8,,,,,,,,');
  expect(third).toMatch(
    /^"C, D",https:\/\/youtu.be\/dQw4w9WgXcQ,9,completed,a\.mp4,dQw4w9WgXcQ,,,,\d{4}-[^,]*,$/,
  );
  expect(await getDownloadStatusSummary(csv)).toMatchObject({
    totalRows: 3,
    youtube: { completed: 1, pending: 1 },
  });
  expect(await resetDownloadStatus('9', 'youtube', csv)).toBe(true);
  expect(await getPendingDownloads(csv)).toHaveLength(2);
});

it.each([
  ['Type', '`Type` for type'],
  ['personality_type', '`personality_type` for type'],
])('where the types stand under another name (%s) they are asked for', async (name, said) => {
  const csv = await sheet(`row_id,${name},youtube_playlist`, `1,INTJ,${LINK}`);
  await expect(getPendingDownloads(csv)).rejects.toThrow(said);
  expect(await readFile(csv, 'utf8')).toBe(`row_id,${name},youtube_playlist\n1,INTJ,${LINK}\n`);
});

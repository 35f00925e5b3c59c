import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import {
  ensureTrackingColumns,
  getPendingDownloads,
  NotInCsvError,
  resetDownloadStatus,
  RowContext,
  TRACKING_COLUMNS,
  updateCsvDownloadStatus,
} from '../../src/index.ts';
import { contextOf, csvFile, failure, readCells, rowOf, success } from '../tracker/fixtures.ts';
import { coverChapter } from './chapter.ts';
import { HEADER, inFolderOf, PEOPLE } from './output-csv.ts';

coverChapter('tracking-functions');

const people = () => csvFile([HEADER, ...PEOPLE]);
const ids = (rows: readonly RowContext[]) => rows.map(({ rowId }) => rowId);
const columnOf = async (csv: string, name: string) => (await readCells(csv)).map((row) => row[name]);
const row = async (csv: string, rowId: string) => contextOf(await rowOf(csv, rowId));

/** The people after Ada's video arrived and her file, and Cleo's, failed. */
async function worked(): Promise<string> {
  const csv = await people();
  const ada = await row(csv, '007');
  await updateCsvDownloadStatus(0, 'youtube', success(ada, ['a.mp4', 'a.en.vtt']), csv);
  await updateCsvDownloadStatus(0, 'drive', failure(ada, 'no route'), csv);
  const media = { mediaId: 'abcdefghij' };
  await updateCsvDownloadStatus(2, 'drive', success(await row(csv, '3'), ['c.pdf'], media), csv);
  return csv;
}

it('ensure_tracking_columns(csv_path) -> bool: ensureTrackingColumns(csvPath)', async () => {
  const csv = await people();
  expect(await ensureTrackingColumns(csv)).toBe(true);
  expect(Object.keys(await rowOf(csv, '007'))).toEqual([...HEADER.split(','), ...TRACKING_COLUMNS]);
  const bytes = await readFile(csv);
  expect(await ensureTrackingColumns(csv)).toBe(false);
  expect(await readFile(csv)).toEqual(bytes);
});

it("ensure_tracking_columns(csv_path='output.csv'): ensureTrackingColumns()", async () => {
  await inFolderOf();
  expect(await ensureTrackingColumns()).toBe(true);
  expect((await readFile('output.csv', 'utf8')).split('\r\n')[0]).toBe(
    `${HEADER},${TRACKING_COLUMNS.join(',')}`,
  );
});

it('column youtube_status: youtube_status', async () => {
  const csv = await people();
  await ensureTrackingColumns(csv);
  expect(await columnOf(csv, 'youtube_status')).toEqual(['pending', 'pending', '', '']);
  await updateCsvDownloadStatus(0, 'youtube', success(await row(csv, '007')), csv);
  await updateCsvDownloadStatus(1, 'youtube', failure(await row(csv, 'NA')), csv);
  expect(await columnOf(csv, 'youtube_status')).toEqual(['completed', 'failed', '', '']);
});

it('column youtube_files: youtube_files', async () => {
  expect(await columnOf(await worked(), 'youtube_files')).toEqual(['a.mp4,a.en.vtt', '', '', '']);
});

it('column youtube_media_id: youtube_media_id', async () => {
  expect(await columnOf(await worked(), 'youtube_media_id')).toEqual(['aaaaaaaaaaa', '', '', '']);
});

it('column drive_status: drive_status', async () => {
  const csv = await people();
  await ensureTrackingColumns(csv);
  expect(await columnOf(csv, 'drive_status')).toEqual(['pending', '', 'pending', '']);
  expect(await columnOf(await worked(), 'drive_status')).toEqual(['failed', '', 'completed', '']);
});

it('column drive_files: drive_files', async () => {
  expect(await columnOf(await worked(), 'drive_files')).toEqual(['', '', 'c.pdf', '']);
});

it('column drive_media_id: drive_media_id', async () => {
  expect(await columnOf(await worked(), 'drive_media_id')).toEqual(['', '', 'abcdefghij', '']);
});

it('column last_download_attempt: last_download_attempt', async () => {
  const [ada = '', bob] = await columnOf(await worked(), 'last_download_attempt');
  expect(ada).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
  expect(Math.abs(Date.parse(ada) - Date.now())).toBeLessThan(60_000);
  expect(bob).toBe('');
});

it('column download_errors: download_errors', async () => {
  const [ada, bob] = await columnOf(await worked(), 'download_errors');
  expect(ada).toContain('no route');
  expect(bob).toBe('');
});

it('get_pending_downloads(csv_path) -> List[RowContext]: getPendingDownloads(csvPath)', async () => {
  const pending = await getPendingDownloads(await people());
  expect(ids(pending)).toEqual(['007', 'NA', '3']);
  for (const each of pending) expect(each).toBeInstanceOf(RowContext);
});

it("get_pending_downloads(download_type='both'): getPendingDownloads(csvPath)", async () => {
  const csv = await people();
  expect(ids(await getPendingDownloads(csv))).toEqual(['007', 'NA', '3']);
  expect(ids(await getPendingDownloads(csv, { downloadType: 'both' }))).toEqual(['007', 'NA', '3']);
});

it("get_pending_downloads(download_type='youtube'): { downloadType: 'youtube' }", async () => {
  expect(ids(await getPendingDownloads(await people(), { downloadType: 'youtube' }))).toEqual(['007', 'NA']);
});

it("get_pending_downloads(download_type='drive'): { downloadType: 'drive' }", async () => {
  expect(ids(await getPendingDownloads(await people(), { downloadType: 'drive' }))).toEqual(['007', '3']);
});

it('get_pending_downloads(include_failed=True): { includeFailed: true }', async () => {
  const csv = await worked();
  expect(ids(await getPendingDownloads(csv, { downloadType: 'drive' }))).toEqual(['007']);
  expect(ids(await getPendingDownloads(csv, { downloadType: 'drive', includeFailed: true }))).toEqual([
    '007',
  ]);
});

it('get_pending_downloads(include_failed=False): { includeFailed: false }', async () => {
  const csv = await worked();
  expect(ids(await getPendingDownloads(csv, { downloadType: 'drive', includeFailed: false }))).toEqual([]);
});

it('get_pending_downloads(retry_attempts=3): { retryAttempts: 3 }', async () => {
  const csv = await people();
  const bob = await row(csv, 'NA');
  const isPending = async (options = {}) => ids(await getPendingDownloads(csv, options)).includes('NA');
  for (let attempt = 1; attempt <= 3; attempt++) {
    await updateCsvDownloadStatus(1, 'youtube', failure(bob), csv);
    expect(await isPending()).toBe(attempt < 3);
    expect(await isPending({ retryAttempts: 1 })).toBe(false);
  }
  expect(await isPending({ retryAttempts: 4 })).toBe(true);
});

it('update_csv_download_status(row_index, download_type, result, csv_path): updateCsvDownloadStatus(rowIndex, downloadType, result, csvPath)', async () => {
  const csv = await people();
  // The index is one row too far, as after an insertion at the top.
  expect(await updateCsvDownloadStatus(1, 'youtube', success(await row(csv, '007')), csv)).toBeUndefined();
  expect(await columnOf(csv, 'youtube_status')).toEqual(['completed', 'pending', '', '']);
  expect(await columnOf(csv, 'drive_status')).toEqual(['pending', '', 'pending', '']);
  await updateCsvDownloadStatus(0, 'drive', success(await row(csv, '007')), csv);
  expect(await columnOf(csv, 'drive_status')).toEqual(['completed', '', 'pending', '']);
});

it("update_csv_download_status(csv_path='output.csv'): updateCsvDownloadStatus(rowIndex, downloadType, result)", async () => {
  await inFolderOf();
  await updateCsvDownloadStatus(0, 'youtube', success(await row('output.csv', '007')));
  expect(await rowOf('output.csv', '007')).toMatchObject({
    youtube_status: 'completed',
    youtube_files: 'clip.mp4',
  });
});

it('update_csv_download_status: preserves all existing data: updateCsvDownloadStatus', async () => {
  const odd = ['"a ""b"", c"', ' padded ', '1.10', '007', "'-"];
  const csv = await csvFile([`\uFEFF${HEADER},a,b,c,d,e`, `${PEOPLE[0]},${odd.join(',')}`, PEOPLE[1] ?? '']);
  const before = (await readFile(csv, 'utf8')).split('\r\n');
  await updateCsvDownloadStatus(0, 'youtube', success(await row(csv, '007')), csv);
  const after = (await readFile(csv, 'utf8')).split('\r\n');
  expect(after).toHaveLength(before.length);
  for (const [at, line] of before.entries()) expect(after[at]?.startsWith(line)).toBe(true);
});

it('update_csv_download_status: file locking: updateCsvDownloadStatus', async () => {
  const many = Array.from({ length: 20 }, (_, at) => `r${at},N,n@x,T,https://youtu.be/aaaaaaaaaaa,`);
  const csv = await csvFile([HEADER, ...many]);
  const program = fileURLToPath(new URL('update-some.ts', import.meta.url));
  const codes = await Promise.all(
    ['0', '1'].map(async (half) => {
      const child = spawn(process.execPath, [program, csv, half], {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      const [code] = (await once(child, 'close')) as [number];
      return code;
    }),
  );
  expect(codes).toEqual([0, 0]);
  expect(await columnOf(csv, 'youtube_files')).toEqual(many.map((_, at) => `r${at}.mp4`));
});

it('update_csv_download_status: personality type guarded: updateCsvDownloadStatus', async () => {
  const csv = await people();
  await ensureTrackingColumns(csv);
  const bytes = await readFile(csv);
  const other = new RowContext({ ...(await row(csv, '007')), type: 'another type' });
  const update = updateCsvDownloadStatus(0, 'youtube', success(other), csv);
  const error: unknown = await update.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NotInCsvError);
  expect(error).toMatchObject({ category: 'data_corruption', recorded: true });
  expect(await readFile(csv)).toEqual(bytes);
});

it('update_csv_download_status: only download columns: updateCsvDownloadStatus', async () => {
  const csv = await people();
  await ensureTrackingColumns(csv);
  const before = await readCells(csv);
  await updateCsvDownloadStatus(0, 'youtube', success(await row(csv, '007')), csv);
  const changed = (await readCells(csv)).flatMap((cells, at) =>
    Object.keys(cells).filter((name) => cells[name] !== before[at]?.[name]),
  );
  expect(changed).toEqual(['youtube_status', 'youtube_files', 'youtube_media_id', 'last_download_attempt']);
});

it('update_csv_download_status: error history with attempts: updateCsvDownloadStatus', async () => {
  const csv = await people();
  const bob = await row(csv, 'NA');
  for (const why of ['no route', 'no answer'])
    await updateCsvDownloadStatus(1, 'youtube', failure(bob, why), csv);
  const { download_errors: errors = '' } = await rowOf(csv, 'NA');
  expect(errors.split('; ')).toEqual([
    expect.stringMatching(/^youtube attempt 1 \w+: no route/),
    expect.stringMatching(/^youtube attempt 2 \w+: no answer/),
  ]);
});

it('reset_download_status(row_id, download_type, csv_path) -> bool: resetDownloadStatus(rowId, downloadType, csvPath)', async () => {
  const csv = await worked();
  expect(await resetDownloadStatus('007', 'drive', csv)).toBe(true);
  expect(await rowOf(csv, '007')).toMatchObject({ youtube_status: 'completed', drive_status: 'pending' });
  expect(await resetDownloadStatus('007', 'youtube', csv)).toBe(true);
  expect(await rowOf(csv, '007')).toMatchObject({ youtube_status: 'pending', youtube_files: '' });
  expect(await resetDownloadStatus('nobody', 'both', csv)).toBe(false);
  expect(await resetDownloadStatus('3', 'both', csv)).toBe(true);
  expect(await rowOf(csv, '3')).toMatchObject({
    drive_status: 'pending',
    drive_files: '',
    youtube_status: '',
  });
});

it("reset_download_status(csv_path='output.csv'): resetDownloadStatus(rowId, downloadType)", async () => {
  await inFolderOf();
  await updateCsvDownloadStatus(0, 'youtube', success(await row('output.csv', '007')));
  expect(await resetDownloadStatus('007', 'youtube')).toBe(true);
  expect(await rowOf('output.csv', '007')).toMatchObject({ youtube_status: 'pending', youtube_media_id: '' });
});

it('reset_download_status: retry failed downloads: resetDownloadStatus', async () => {
  const csv = await people();
  const gone = failure(await row(csv, 'NA'), 'gone', { permanentFailure: true });
  await updateCsvDownloadStatus(1, 'youtube', gone, csv);
  expect(ids(await getPendingDownloads(csv))).not.toContain('NA');
  await resetDownloadStatus('NA', 'youtube', csv);
  expect(ids(await getPendingDownloads(csv, { includeFailed: false, retryAttempts: 1 }))).toContain('NA');
});

it('reset_download_status: clear corrupted state: resetDownloadStatus', async () => {
  const csv = await csvFile([
    `${HEADER},${TRACKING_COLUMNS.join(',')}`,
    `${PEOPLE[1]},nonsense,x.mp4,???,,,,yesterday,<html>`,
  ]);
  expect(await resetDownloadStatus('NA', 'youtube', csv)).toBe(true);
  expect(await rowOf(csv, 'NA')).toMatchObject({
    youtube_status: 'pending',
    youtube_files: '',
    youtube_media_id: '',
  });
});

it('reset_download_status: force re-download: resetDownloadStatus', async () => {
  const csv = await worked();
  expect(ids(await getPendingDownloads(csv, { downloadType: 'youtube' }))).toEqual(['NA']);
  await resetDownloadStatus('007', 'youtube', csv);
  expect(ids(await getPendingDownloads(csv, { downloadType: 'youtube' }))).toEqual(['007', 'NA']);
});

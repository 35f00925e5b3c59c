import { access, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ensureTrackingColumns,
  ErrorHandler,
  getDownloadStatusSummary,
  getFailedDownloads,
  getPendingDownloads,
  iteratePending,
  listFailures,
  NotInCsvError,
  resetDownloads,
  resetDownloadStatus,
  TRACKING_COLUMNS,
  updateCsvDownloadStatus,
  whyRow,
} from '../../src/index.ts';
import { contextOf, csvFile, failure, HEADER, PEOPLE, readCells, rowOf, success } from './fixtures.ts';

const ids = (rows: readonly { readonly rowId: string }[]) => rows.map(({ rowId }) => rowId);

describe('ensureTrackingColumns', () => {
  it('adds the eight columns once, with pending where there is a link, and changes no other byte', async () => {
    const csv = await csvFile();
    const before = (await readFile(csv, 'utf8')).split('\r\n');
    expect(await ensureTrackingColumns(csv)).toBe(true);
    const after = (await readFile(csv, 'utf8')).split('\r\n');
    expect(after[0]).toBe(`${before[0]},${TRACKING_COLUMNS.join(',')}`);
    expect(after[1]).toBe(`${before[1]},pending,,,pending,,,,`);
    expect(after[2]).toBe(`${before[2]},pending,,,,,,,`);
    expect(after[3]).toBe(`${before[3]},,,,,,,,`);
    const bytes = await readFile(csv);
    expect(await ensureTrackingColumns(csv)).toBe(false);
    expect(await readFile(csv)).toEqual(bytes);
  });

  it('keeps a byte copy of the file as it was', async () => {
    const csv = await csvFile();
    const before = await readFile(csv);
    await ensureTrackingColumns(csv);
    const { readdir } = await import('node:fs/promises');
    const folder = join(dirname(csv), '.rowtrail', 'people.csv', 'backups');
    const [name] = await readdir(folder);
    expect(await readFile(join(folder, name ?? ''))).toEqual(before);
  });
});

describe('getPendingDownloads', () => {
  it('returns a row with two links once, and none for placeholders', async () => {
    const csv = await csvFile();
    expect(ids(await getPendingDownloads(csv))).toEqual(['007', 'NA']);
    expect(ids(await getPendingDownloads(csv, { downloadType: 'drive' }))).toEqual(['007']);
    const [first] = await getPendingDownloads(csv);
    expect(first).toMatchObject({
      rowIndex: 0,
      type: 'FF-Fi/Se-CP/B(S) #4',
      name: 'James',
      email: 'james@example.org',
    });
  });

  it('makes nothing beside a CSV that nothing happened to', async () => {
    const csv = await csvFile();
    const bytes = await readFile(csv);
    await getPendingDownloads(csv);
    await getDownloadStatusSummary(csv);
    await expect(access(join(dirname(csv), '.rowtrail'))).rejects.toThrow('ENOENT');
    expect(await readFile(csv)).toEqual(bytes);
  });

  it.each([
    ['Connection timed out', 'network', 'timeout'],
    ['HTTP Error 429: Too Many Requests', 'rate_limit', 'too_many_requests'],
    ['Private video. Sign in if you have been granted access', 'permission', 'private'],
    ['ENOSPC: no space left on device, write', 'file_io', 'disk_full'],
    ['the connection to "https://example.org" broke; again', 'network', 'connection_failed'],
    ['it went wrong', 'system', 'unknown'],
  ])('takes the category of a failure from its words: %s', async (message, category, cause) => {
    const csv = await csvFile();
    const context = contextOf(await rowOf(csv, 'NA'));
    await updateCsvDownloadStatus(1, 'youtube', failure(context, message), csv);
    expect((await rowOf(csv, 'NA'))['download_errors']).toMatch(`youtube attempt 1 ${category}: `);
    expect(new ErrorHandler().handleError(new Error(message))).toMatchObject({ category, cause });
    // Whether it is tried again is the caller's to say, and the attempts'.
    expect(await getFailedDownloads(csv)).toHaveLength(1);
    expect(await listFailures(csv)).toMatchObject([{ cause, category, attempts: 1, permanent: false }]);
    expect(ids(await getPendingDownloads(csv))).toEqual(['007', 'NA']);
  });

  it('returns a failed row until its attempts are used up, and never with includeFailed off', async () => {
    const csv = await csvFile();
    const context = contextOf(await rowOf(csv, 'NA'));
    for (let attempt = 1; attempt <= 3; attempt++) {
      await updateCsvDownloadStatus(1, 'youtube', failure(context), csv);
      const pending = ids(await getPendingDownloads(csv, { downloadType: 'youtube' }));
      expect(pending).toEqual(attempt < 3 ? ['007', 'NA'] : ['007']);
    }
    expect(ids(await getPendingDownloads(csv, { retryAttempts: 4 }))).toEqual(['007', 'NA']);
    expect(ids(await getPendingDownloads(csv, { retryAttempts: 4, includeFailed: false }))).toEqual(['007']);
  });

  it('never returns a permanent failure', async () => {
    const csv = await csvFile();
    const context = contextOf(await rowOf(csv, 'NA'));
    await updateCsvDownloadStatus(1, 'youtube', failure(context, 'gone', { permanentFailure: true }), csv);
    expect(ids(await getPendingDownloads(csv))).toEqual(['007']);
  });

  it('reads attempts and verdict from the cells where the ledger knows nothing', async () => {
    const cells = (errors: string) => `failed,,,,,,2026-01-01T00:00:00Z,${errors}`;
    const link = 'https://youtu.be/aaaaaaaaaaa';
    const csv = await csvFile([
      `${HEADER},${TRACKING_COLUMNS.join(',')}`,
      `1,a,a@x,T,${link},,,${cells('youtube attempt 1 network: broke')}`,
      `2,b,b@x,T,${link},,,${cells('youtube attempt 3 network: broke')}`,
      `3,c,c@x,T,${link},,,${cells('youtube attempt 1 permission: private')}`,
    ]);
    expect(ids(await getPendingDownloads(csv))).toEqual(['1']);
  });

  it('iterates the same rows as it lists', async () => {
    const csv = await csvFile();
    const seen: string[] = [];
    for await (const { rowId } of iteratePending(csv)) seen.push(rowId);
    expect(seen).toEqual(['007', 'NA']);
  });

  it('refuses an unknown download type', async () => {
    const csv = await csvFile();
    // @ts-expect-error callers without a type checker pass anything
    await expect(getPendingDownloads(csv, { downloadType: 'vimeo' })).rejects.toThrow(
      "unknown download type 'vimeo'",
    );
  });
});

describe('updateCsvDownloadStatus', () => {
  it('has put the result into the CSV when it resolves, and touches no other byte', async () => {
    const csv = await csvFile();
    await ensureTrackingColumns(csv);
    const before = (await readFile(csv, 'utf8')).split('\r\n');
    const context = contextOf(await rowOf(csv, '007'));
    await updateCsvDownloadStatus(0, 'youtube', success(context, ['a.mp4', 'a.en.vtt']), csv);
    const row = await rowOf(csv, '007');
    expect(row).toMatchObject({
      youtube_status: 'completed',
      youtube_files: 'a.mp4,a.en.vtt',
      youtube_media_id: 'aaaaaaaaaaa',
      drive_status: 'pending',
      download_errors: '',
    });
    expect(Number.isNaN(Date.parse(row['last_download_attempt'] ?? ''))).toBe(false);
    const after = (await readFile(csv, 'utf8')).split('\r\n');
    expect(after[1]?.startsWith(PEOPLE[0] ?? 'x')).toBe(true);
    expect(after.toSpliced(1, 1)).toEqual(before.toSpliced(1, 1));
  });

  it('adds the tracking columns itself', async () => {
    const csv = await csvFile();
    await updateCsvDownloadStatus(0, 'drive', success(contextOf(await rowOf(csv, '007'))), csv);
    expect(await rowOf(csv, '007')).toMatchObject({ drive_status: 'completed', youtube_status: 'pending' });
    expect(await rowOf(csv, 'NA')).toMatchObject({ youtube_status: 'pending', drive_status: '' });
  });

  it('finds the row by its row_id, wherever a person has moved it', async () => {
    const csv = await csvFile();
    const context = contextOf(await rowOf(csv, '007'));
    await ensureTrackingColumns(csv);
    const lines = (await readFile(csv, 'utf8')).split('\r\n').slice(0, -1);
    const inserted = `0,New,new@x,T,,,,,,,,,,,`;
    await writeFile(
      csv,
      [lines[0], inserted, lines[3], lines[2], lines[1]].map((line) => `${line}\r\n`).join(''),
    );
    await updateCsvDownloadStatus(0, 'youtube', success(context), csv);
    const rows = await readCells(csv);
    expect(rows.map((row) => [row['row_id'], row['youtube_status']])).toEqual([
      ['0', ''],
      ['3', ''],
      ['NA', 'pending'],
      ['007', 'completed'],
    ]);
  });

  it('counts attempts for each download type and keeps the history on one line', async () => {
    const csv = await csvFile();
    const context = contextOf(await rowOf(csv, '007'));
    await updateCsvDownloadStatus(0, 'youtube', failure(context, '<html>\nboom; "quoted"'), csv);
    await updateCsvDownloadStatus(0, 'drive', failure(context, '=HYPERLINK("x")'), csv);
    await updateCsvDownloadStatus(0, 'youtube', failure(context, 'again'), csv);
    expect((await rowOf(csv, '007'))['download_errors']).toBe(
      'youtube attempt 1 system: boom, "quoted"; drive attempt 1 system: HYPERLINK("x"); youtube attempt 2 system: again',
    );
  });

  it('writes many results that wait at the same time, with few rewrites', async () => {
    const count = 60;
    const lines = Array.from({ length: count }, (_, n) => `${n},n,n@x,T,https://youtu.be/aaaaaaaaaaa,,`);
    const csv = await csvFile([HEADER, ...lines]);
    await ensureTrackingColumns(csv);
    const rows = await readCells(csv);
    await Promise.all(
      rows.map((row, n) => updateCsvDownloadStatus(n, 'youtube', success(contextOf(row), [`${n}.mp4`]), csv)),
    );
    const after = await readCells(csv);
    expect(after.map((row) => row['youtube_files'])).toEqual(lines.map((_, n) => `${n}.mp4`));
  });

  it('writes nothing to a row whose type is another, keeps the result, and rejects with data_corruption', async () => {
    const csv = await csvFile();
    await ensureTrackingColumns(csv);
    const bytes = await readFile(csv);
    const wrong = contextOf({ ...(await rowOf(csv, '007')), type: 'SOMETHING ELSE' });
    const error = await updateCsvDownloadStatus(0, 'youtube', success(wrong), csv).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(NotInCsvError);
    expect(error).toMatchObject({ category: 'data_corruption', recorded: true, rowId: '007' });
    expect(await readFile(csv)).toEqual(bytes);
    await updateCsvDownloadStatus(1, 'youtube', success(contextOf(await rowOf(csv, 'NA'))), csv);
    expect(await rowOf(csv, 'NA')).toMatchObject({ youtube_status: 'completed' });
    expect(await rowOf(csv, '007')).toMatchObject({ youtube_status: 'pending' });
  });

  it('keeps the result of a row that is gone, and writes it when the row is back', async () => {
    const csv = await csvFile();
    await ensureTrackingColumns(csv);
    const text = await readFile(csv, 'utf8');
    const context = contextOf(await rowOf(csv, '007'));
    await writeFile(csv, text.replace(/^007.*\r\n/m, ''));
    await expect(updateCsvDownloadStatus(0, 'youtube', success(context), csv)).rejects.toMatchObject({
      name: 'NotInCsvError',
      recorded: true,
      code: 'csv_row_gone',
    });
    await writeFile(csv, text);
    await getDownloadStatusSummary(csv);
    expect(await rowOf(csv, '007')).toMatchObject({ youtube_status: 'completed' });
  });

  it('refuses an unknown type and a missing file before it records anything', async () => {
    const csv = await csvFile();
    const context = contextOf(await rowOf(csv, '007'));
    // @ts-expect-error callers without a type checker pass anything
    await expect(updateCsvDownloadStatus(0, 'both', success(context), csv)).rejects.toThrow(
      'unknown download type',
    );
    await expect(updateCsvDownloadStatus(0, 'youtube', success(context), `${csv}x`)).rejects.toMatchObject({
      code: 'file_missing',
    });
    await expect(access(join(dirname(csv), '.rowtrail'))).rejects.toThrow('ENOENT');
  });

  it('names file, line and column of a duplicate row_id, and writes nothing', async () => {
    const csv = await csvFile([HEADER, ...PEOPLE, PEOPLE[0] ?? '']);
    const bytes = await readFile(csv);
    const context = contextOf({ row_id: '007', type: 'T' });
    await expect(updateCsvDownloadStatus(0, 'youtube', success(context), csv)).rejects.toThrow(
      /people\.csv:5:1: /,
    );
    expect(await readFile(csv)).toEqual(bytes);
    await expect(access(join(dirname(csv), '.rowtrail'))).rejects.toThrow('ENOENT');
  });
});

describe('resetDownloadStatus', () => {
  it('clears the cells of one type and makes it pending, with no attempts', async () => {
    const csv = await csvFile();
    const context = contextOf(await rowOf(csv, '007'));
    await updateCsvDownloadStatus(0, 'drive', success(context, ['d.pdf']), csv);
    for (let n = 0; n < 3; n++) await updateCsvDownloadStatus(0, 'youtube', failure(context), csv);
    expect(await resetDownloadStatus('007', 'youtube', csv)).toBe(true);
    expect(await rowOf(csv, '007')).toMatchObject({
      youtube_status: 'pending',
      youtube_files: '',
      drive_status: 'completed',
      drive_files: 'd.pdf',
      download_errors: '',
    });
    expect(ids(await getPendingDownloads(csv, { downloadType: 'youtube' }))).toEqual(['007', 'NA']);
  });

  it('is not told of a download without a link, which nobody ever tried', async () => {
    const csv = await csvFile();
    expect(await resetDownloadStatus('NA', 'both', csv)).toBe(true);
    const story = await whyRow('NA', { csvPath: csv });
    expect(story?.downloads.map(({ downloadType }) => downloadType)).toEqual(['youtube']);
    expect(await rowOf(csv, 'NA')).toMatchObject({ youtube_status: 'pending', drive_status: '' });
  });

  it('clears the cells of a download whose link is gone', async () => {
    const columns = `${HEADER},${TRACKING_COLUMNS.join(',')}`;
    const csv = await csvFile([
      columns,
      '1,A,a@x,T,,,mine,failed,,,completed,old.pdf,id,2026-01-01T00:00:00Z,x',
    ]);
    expect(await resetDownloadStatus('1', 'both', csv)).toBe(true);
    const cleared = { youtube_status: '', drive_status: '', drive_files: '', drive_media_id: '' };
    expect(await rowOf(csv, '1')).toMatchObject({
      ...cleared,
      last_download_attempt: '',
      download_errors: '',
    });
  });

  it('is false for an unknown row_id, and writes nothing', async () => {
    const csv = await csvFile();
    const bytes = await readFile(csv);
    expect(await resetDownloadStatus('7', 'both', csv)).toBe(false);
    expect(await readFile(csv)).toEqual(bytes);
  });

  it('resets what failed, or everything, in one write-back', async () => {
    const csv = await csvFile();
    await updateCsvDownloadStatus(0, 'youtube', failure(contextOf(await rowOf(csv, '007'))), csv);
    await updateCsvDownloadStatus(1, 'youtube', success(contextOf(await rowOf(csv, 'NA'))), csv);
    expect(await resetDownloads('failed', csv)).toEqual(['007']);
    expect(await rowOf(csv, '007')).toMatchObject({ youtube_status: 'pending', download_errors: '' });
    expect(await rowOf(csv, 'NA')).toMatchObject({ youtube_status: 'completed' });
    expect(await resetDownloads('all', csv)).toEqual(['007', 'NA']);
    expect(await rowOf(csv, 'NA')).toMatchObject({ youtube_status: 'pending', youtube_files: '' });
  });
});

describe('getDownloadStatusSummary', () => {
  it('counts rows and downloads by status', async () => {
    const csv = await csvFile();
    expect(await getDownloadStatusSummary(csv)).toEqual({
      totalRows: 3,
      youtube: { hasContent: 2, pending: 2, completed: 0, failed: 0 },
      drive: { hasContent: 1, pending: 1, completed: 0, failed: 0 },
    });
    await updateCsvDownloadStatus(0, 'youtube', failure(contextOf(await rowOf(csv, '007'))), csv);
    await updateCsvDownloadStatus(1, 'youtube', success(contextOf(await rowOf(csv, 'NA'))), csv);
    expect(await getDownloadStatusSummary(csv)).toMatchObject({
      youtube: { hasContent: 2, pending: 0, completed: 1, failed: 1 },
    });
  });
});

describe('getFailedDownloads and listFailures', () => {
  it('name the rows that failed, with cause and next step', async () => {
    const csv = await csvFile();
    await updateCsvDownloadStatus(0, 'youtube', failure(contextOf(await rowOf(csv, '007')), 'it broke'), csv);
    expect(ids(await getFailedDownloads(csv))).toEqual(['007']);
    expect(await getFailedDownloads(csv, { downloadType: 'drive' })).toEqual([]);
    const [failed] = await listFailures(csv);
    expect(failed).toMatchObject({
      rowId: '007',
      downloadType: 'youtube',
      attempts: 1,
      message: 'it broke',
      permanent: false,
      line: 2,
    });
    expect(failed?.nextStep).not.toBe('');
  });
});

it('keeps mode and a symbolic link of the CSV', async () => {
  const { chmod, lstat, symlink } = await import('node:fs/promises');
  const csv = await csvFile();
  await chmod(csv, 0o640);
  const link = join(dirname(csv), 'link.csv');
  await symlink('people.csv', link);
  await updateCsvDownloadStatus(0, 'youtube', success(contextOf(await rowOf(csv, '007'))), link);
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  expect((await stat(csv)).mode & 0o777).toBe(0o640);
  expect(await rowOf(csv, '007')).toMatchObject({ youtube_status: 'completed' });
});

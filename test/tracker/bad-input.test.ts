import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import {
  ensureTrackingColumns,
  getDownloadStatusSummary,
  getPendingDownloads,
  resetDownloadStatus,
  TRACKING_COLUMNS,
  updateCsvDownloadStatus,
} from '../../src/index.ts';
import { CsvTracker } from '../../src/tracker/csv-tracker.ts';
import { attempt } from '../ledger/fixtures.ts';
import { contextOf, csvFile, failure, HEADER, PEOPLE, readCells, rowOf, success } from './fixtures.ts';

const LINK = 'https://youtu.be/aaaaaaaaaaa';

const update = async (csv: string, rowId: string, files: readonly string[] = ['clip.mp4']) =>
  updateCsvDownloadStatus(0, 'youtube', success(contextOf(await rowOf(csv, rowId)), files), csv);

/** Calls of the API, by an ordinary user even when the tests are run by root. */
async function asNobody(csv: string, ...calls: readonly string[]): Promise<readonly string[]> {
  const script = fileURLToPath(new URL('torture/as-nobody.ts', import.meta.url));
  const child = spawn(process.execPath, [script, csv, ...calls], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  await once(child, 'close');
  return text.trimEnd().split('\n');
}

describe('a ledger of a newer version', () => {
  it('is refused in a sentence by everything that needs it, and neither it nor the CSV is touched', async () => {
    const csv = await csvFile();
    const ledger = join(dirname(csv), '.rowtrail', 'people.csv', 'ledger.db');
    await mkdir(dirname(ledger), { recursive: true });
    const db = new Database(ledger);
    db.exec('CREATE TABLE what_nobody_knows_yet (x)');
    db.pragma('user_version = 999');
    db.close();
    const [csvBefore, ledgerBefore] = [await readFile(csv), await readFile(ledger)];
    const context = contextOf(await rowOf(csv, '007'));
    const calls = [
      () => getDownloadStatusSummary(csv),
      () => getPendingDownloads(csv),
      () => updateCsvDownloadStatus(0, 'youtube', success(context), csv),
      () => resetDownloadStatus('007', 'both', csv),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({
        code: 'ledger_newer',
        message: expect.stringContaining('the ledger has format 999, this rowtrail knows formats up to'),
      });
    }
    expect(await readFile(csv)).toEqual(csvBefore);
    expect(await readFile(ledger)).toEqual(ledgerBefore);
    expect(await readdir(dirname(ledger))).toEqual(['ledger.db']);
  });
});

describe('a tracking cell with an unknown status', () => {
  const csvWith = (status: string) =>
    csvFile([`${HEADER},${TRACKING_COLUMNS.join(',')}`, `1,Ada,a@x,T,${LINK},,,${status},mine.mp4,,,,,,`]);

  it('counts as pending and is kept as it stands until there is a result', async () => {
    const csv = await csvWith('fetched (by Tom)');
    const bytes = await readFile(csv);
    expect(await getDownloadStatusSummary(csv)).toMatchObject({
      youtube: { hasContent: 1, pending: 1, completed: 0, failed: 0 },
    });
    expect((await getPendingDownloads(csv)).map(({ rowId }) => rowId)).toEqual(['1']);
    expect(await ensureTrackingColumns(csv)).toBe(false);
    expect(await readFile(csv)).toEqual(bytes);
    await update(csv, '1', ['a.mp4']);
    expect(await rowOf(csv, '1')).toMatchObject({ youtube_status: 'completed', youtube_files: 'a.mp4' });
  });

  it('is a status also in capitals and with spaces around it', async () => {
    const csv = await csvWith(' Completed ');
    expect(await getDownloadStatusSummary(csv)).toMatchObject({ youtube: { completed: 1 } });
  });
});

describe('a folder that cannot be written', () => {
  it('can be asked, and refuses a result with a clear error before anything is recorded', async () => {
    const csv = await csvFile();
    await chmod(dirname(csv), 0o555);
    const bytes = await readFile(csv);
    const [status = '', pending, error = ''] = await asNobody(csv, 'status', 'pending', 'update 007');
    expect(JSON.parse(status)).toMatchObject({ totalRows: 3 });
    expect(pending).toBe('007,NA');
    expect(error).toMatch(/^access_denied .*\.rowtrail/);
    expect(await readFile(csv)).toEqual(bytes);
    await chmod(dirname(csv), 0o755);
    expect(await readdir(dirname(csv))).toEqual(['people.csv']);
  });

  it('keeps a result in its ledger when only the CSV cannot be replaced, and writes it when it can', async () => {
    const csv = await csvFile();
    await mkdir(join(dirname(csv), '.rowtrail'));
    await chmod(join(dirname(csv), '.rowtrail'), 0o777);
    await chmod(csv, 0o666);
    await chmod(dirname(csv), 0o555);
    const bytes = await readFile(csv);
    const [error] = await asNobody(csv, 'update 007');
    expect(error).toMatch(/^csv_not_writable recorded .*close it in Excel/);
    expect(await readFile(csv)).toEqual(bytes);
    await chmod(dirname(csv), 0o777);
    const [status = ''] = await asNobody(csv, 'status');
    expect(JSON.parse(status)).toMatchObject({ youtube: { completed: 1 } });
    expect(await rowOf(csv, '007')).toMatchObject({ youtube_status: 'completed' });
  });
});

describe('a symbolic link', () => {
  it('stays; its target is replaced, and both names share one ledger', async () => {
    const csv = await csvFile();
    const folder = join(dirname(csv), 'elsewhere');
    await mkdir(folder);
    const link = join(folder, 'link.csv');
    await symlink('../people.csv', link);
    await update(link, '007', ['a.mp4']);
    await update(csv, 'NA', ['b.mp4']);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await readdir(folder)).toEqual(['link.csv']);
    expect(await getDownloadStatusSummary(link)).toMatchObject({ youtube: { completed: 2 } });
    expect((await readCells(csv)).map((row) => row['youtube_files'])).toEqual(['a.mp4', 'b.mp4', '']);
  });

  it('that leads nowhere, or to itself, is a missing CSV', async () => {
    const csv = await csvFile();
    const link = join(dirname(csv), 'link.csv');
    await symlink('gone.csv', link);
    await expect(update(csv, '007').then(() => getDownloadStatusSummary(link))).rejects.toMatchObject({
      code: 'file_missing',
      message: expect.stringContaining('link.csv'),
    });
    await rm(link);
    await symlink('link.csv', link);
    await expect(getDownloadStatusSummary(link)).rejects.toMatchObject({ category: 'file_io' });
  });
});

describe('a cell of 10 MB', () => {
  it('of the person is copied byte for byte', async () => {
    const huge = `"${'long "" and\r\nwide, '.repeat(600_000)}"`;
    const csv = await csvFile([HEADER, ...PEOPLE, `big,B,b@x,T,${LINK},,${huge}`, `last,L,l@x,T,${LINK},,`]);
    await update(csv, 'last', ['a.mp4']);
    const text = await readFile(csv, 'utf8');
    expect(text.includes(`\r\nbig,B,b@x,T,${LINK},,${huge},pending,`)).toBe(true);
    expect(text.slice(text.lastIndexOf('\r\nlast,'))).toMatch(/^\r\nlast,L,l@x,T,\S+,,,completed,a\.mp4,/);
  });

  it('never comes from us: errors and lists of files are cut, and whole in the ledger', async () => {
    const csv = await csvFile();
    const context = contextOf(await rowOf(csv, '007'));
    const files = Array.from({ length: 200_000 }, (_, n) => `${n}-${'x'.repeat(50)}.mp4`);
    await updateCsvDownloadStatus(0, 'drive', failure(context, '<b>'.repeat(3_000_000)), csv);
    await updateCsvDownloadStatus(0, 'youtube', success(context, files), csv);
    const row = await rowOf(csv, '007');
    expect(row['download_errors']?.length).toBeLessThan(300);
    expect(row['youtube_files']?.length).toBeLessThanOrEqual(32_000);
    expect(row['youtube_files']).toMatch(/…\+\d+$/);
  });
});

it('a name with line ends, quotes and a formula is one row, before and after', async () => {
  const name = '"Ada\r\n""the"" ""first""\n=HYPERLINK(""x"")"';
  const csv = await csvFile([HEADER, `1,${name},a@x,T,${LINK},,`, `2,B,b@x,T,${LINK},,`]);
  const [first] = await getPendingDownloads(csv);
  expect(first?.name).toBe('Ada\r\n"the" "first"\n=HYPERLINK("x")');
  await update(csv, '1', ['a.mp4']);
  await update(csv, '2', ['b.mp4']);
  expect((await readFile(csv, 'utf8')).split(name)).toHaveLength(2);
  expect((await readCells(csv)).map((row) => row['youtube_files'])).toEqual(['a.mp4', 'b.mp4']);
});

describe('a duplicate row_id at the very end', () => {
  it('of 100,000 rows is refused with its line, and nothing is written', async () => {
    const lines = Array.from({ length: 100_000 }, (_, n) => `r${n},N,n@x,T,${LINK},,`);
    const csv = await csvFile([HEADER, ...lines, `r77,N,n@x,T,${LINK},,`]);
    const bytes = await readFile(csv);
    for (const call of [getDownloadStatusSummary, getPendingDownloads, ensureTrackingColumns]) {
      await expect(call(csv)).rejects.toMatchObject({
        code: 'csv_invalid',
        line: 100_002,
        message: expect.stringMatching(/people\.csv:100002:1: .*r77/),
      });
    }
    expect((await readFile(csv)).equals(bytes)).toBe(true);
    expect(await readdir(dirname(csv))).toEqual(['people.csv']);
  });
});

describe('a CSV that disappears in the middle of a run', () => {
  it('is said for each result, and everything recorded is written when it is back', async () => {
    const csv = await csvFile();
    const context = contextOf(await rowOf(csv, '007'));
    await update(csv, 'NA');
    const away = join(dirname(csv), 'away.csv');
    await rename(csv, away);
    const lost = updateCsvDownloadStatus(0, 'youtube', success(context), csv);
    await expect(lost).rejects.toMatchObject({
      code: 'file_missing',
      message: expect.stringContaining('people.csv'),
    });
    expect(await readdir(dirname(csv))).toEqual(['.rowtrail', 'away.csv']);
    await rename(away, csv);
    await updateCsvDownloadStatus(0, 'youtube', success(context), csv);
    expect(await getDownloadStatusSummary(csv)).toMatchObject({ youtube: { completed: 2 } });
  });

  it('between the record and the CSV keeps the result, and says so', async () => {
    const csv = await csvFile();
    await update(csv, 'NA');
    const away = join(dirname(csv), 'away.csv');
    const tracker = await CsvTracker.open(csv);
    const { rowId, type, name, email } = contextOf(await rowOf(csv, '007'));
    await tracker.record(attempt({ row: { rowId, type, name, email }, link: null }));
    await rename(csv, away);
    await expect(tracker.projectRow('007')).rejects.toMatchObject({
      name: 'NotInCsvError',
      recorded: true,
      code: 'file_missing',
    });
    await tracker.close();
    await rename(away, csv);
    await getDownloadStatusSummary(csv);
    expect(await rowOf(csv, '007')).toMatchObject({ youtube_status: 'completed' });
  });
});

it('a file whose time is in the future is read at once', async () => {
  const csv = await csvFile();
  await update(csv, 'NA');
  await writeFile(csv, (await readFile(csv, 'utf8')).replace('James', 'Jim'));
  const future = new Date(Date.now() + 3_600_000);
  await utimes(csv, future, future);
  await update(csv, '007');
  expect(await rowOf(csv, '007')).toMatchObject({ name: 'Jim', youtube_status: 'completed' });
});

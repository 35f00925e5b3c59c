import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  ErrorCategory,
  ErrorSeverity,
  validateCsvIntegrity,
  validateDownloadEnvironment,
} from '../../src/index.ts';
import { csvFile } from '../tracker/fixtures.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { coverChapter } from './chapter.ts';
import { HEADER, inFolderOf, PEOPLE } from './output-csv.ts';

coverChapter('validation');

const CONTEXT_KEYS = [
  ...['errorId', 'severity', 'category', 'cause', 'verdict', 'nextStep', 'message', 'details', 'rowId'],
  ...['downloadType', 'url', 'filePath', 'line', 'column', 'timestamp', 'stackTrace'],
];

/** A program that answers as this yt-dlp would. */
async function ytDlp(script: string): Promise<string> {
  const path = join(await tempFolder(), 'yt-dlp');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

const clock = () => new Date('2026-11-20T12:00:00Z');
/** This machine, with a yt-dlp that came out yesterday and no network settings. */
async function machine(given: string | null = null): Promise<NodeJS.ProcessEnv> {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, ROWTRAIL_YT_DLP: given ?? (await ytDlp('echo 2026.11.19')) };
}

it('validate_csv_integrity(csv_path) -> List[ErrorContext]: validateCsvIntegrity(csvPath)', async () => {
  expect(await validateCsvIntegrity(await csvFile([HEADER, ...PEOPLE]))).toEqual([]);
  const csv = await csvFile([HEADER, 'x,A,a@x,,,', 'x,B,b@x,T,,']);
  const found = await validateCsvIntegrity(csv);
  expect(found.map(({ line, column }) => [line, column])).toEqual([
    [2, 4],
    [3, 1],
  ]);
  for (const each of found) expect(Object.keys(each)).toEqual(CONTEXT_KEYS);
});

it('validate_csv_integrity: existence: validateCsvIntegrity', async () => {
  const path = join(await tempFolder(), 'none.csv');
  expect(await validateCsvIntegrity(path)).toMatchObject([
    { cause: 'file_missing', category: ErrorCategory.FILE_IO, filePath: path },
  ]);
});

it('validate_csv_integrity: readability: validateCsvIntegrity', async () => {
  const folder = join(await tempFolder(), 'folder.csv');
  await mkdir(folder);
  expect(await validateCsvIntegrity(folder)).toMatchObject([
    { severity: ErrorSeverity.ERROR, filePath: folder },
  ]);
  const workbook = join(await tempFolder(), 'book.csv');
  await writeFile(workbook, 'PK\u0003\u0004 a workbook of Excel');
  expect(await validateCsvIntegrity(workbook)).not.toEqual([]);
});

it('validate_csv_integrity: required columns: validateCsvIntegrity', async () => {
  const without = async (...names: string[]) => {
    const header = HEADER.split(',').filter((name) => !names.includes(name));
    const [found] = await validateCsvIntegrity(
      await csvFile([header.join(','), header.map(() => 'x').join(',')]),
    );
    return found?.message ?? '';
  };
  expect(await without('row_id')).toContain('row_id');
  expect(await without('type')).toContain('type');
  expect(await without('youtube_playlist', 'google_drive')).toContain('youtube_playlist');
  expect(await without('google_drive')).toBe('');
});

it('validate_csv_integrity: duplicate row IDs: validateCsvIntegrity', async () => {
  const csv = await csvFile([HEADER, ...PEOPLE, PEOPLE[0] ?? '']);
  expect(await validateCsvIntegrity(csv)).toMatchObject([
    { rowId: '007', line: 6, column: 1, severity: ErrorSeverity.ERROR, category: ErrorCategory.VALIDATION },
  ]);
});

it('validate_csv_integrity: empty critical fields: validateCsvIntegrity', async () => {
  const csv = await csvFile([HEADER, ',A,a@x,T,,', '2,B,b@x,,,']);
  expect(await validateCsvIntegrity(csv)).toMatchObject([
    { line: 2, column: 1, message: expect.stringContaining('`row_id` is empty') },
    { line: 3, column: 4, message: expect.stringContaining('`type` is empty') },
  ]);
});

it('validate_download_environment() -> List[ErrorContext]: validateDownloadEnvironment()', async () => {
  await inFolderOf();
  expect(await validateDownloadEnvironment({ env: await machine(), clock })).toEqual([]);
  const found = await validateDownloadEnvironment({ env: await machine('/nowhere'), clock });
  expect(found).toHaveLength(1);
  expect(Object.keys(found[0] ?? {})).toEqual(CONTEXT_KEYS);
  // Without arguments: this process's own environment and working directory.
  await writeFile('youtube_downloads', 'a file in the place of the folder');
  expect((await validateDownloadEnvironment()).map(({ message }) => message)).toContainEqual(
    expect.stringContaining('youtube_downloads'),
  );
});

it('validate_download_environment: directories: validateDownloadEnvironment', async () => {
  const folder = await inFolderOf();
  await writeFile('drive_downloads', 'a file in the place of the folder');
  expect(await validateDownloadEnvironment({ env: await machine(), clock })).toMatchObject([
    {
      cause: 'access_denied',
      message: `folder drive_downloads: ${join(folder, 'drive_downloads')} is not a folder`,
      nextStep: expect.stringContaining('--drive-dir'),
    },
  ]);
});

it('validate_download_environment: disk space > 1 GB: validateDownloadEnvironment', async () => {
  await inFolderOf();
  const env = await machine();
  expect(await validateDownloadEnvironment({ env, clock })).toEqual([]);
  // A file system of the kernel has no room at all.
  const found = await validateDownloadEnvironment({ env, clock, driveDir: '/proc/drive_downloads' });
  expect(found).toContainEqual(
    expect.objectContaining({
      cause: 'disk_full',
      severity: ErrorSeverity.CRITICAL,
      message: 'disk space: 0.0 GB free',
      nextStep: expect.stringContaining('at least 1 GB'),
    }),
  );
});

it('validate_download_environment: yt-dlp is there and works: validateDownloadEnvironment', async () => {
  await inFolderOf();
  const causes = async (given: string) =>
    (await validateDownloadEnvironment({ env: await machine(given), clock })).map(({ cause, severity }) => [
      cause,
      severity,
    ]);
  expect(await causes('/nowhere')).toEqual([['ytdlp_missing', ErrorSeverity.CRITICAL]]);
  expect(await causes(await ytDlp('exit 1'))).toEqual([['ytdlp_missing', ErrorSeverity.CRITICAL]]);
  expect(await causes(await ytDlp('echo 2026.01.01'))).toEqual([['ytdlp_failed', ErrorSeverity.WARNING]]);
});

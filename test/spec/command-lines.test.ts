import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { TRACKING_COLUMNS, updateCsvDownloadStatus } from '../../src/index.ts';
import { type CliResult, runCli } from '../support/cli.ts';
import { contextOf, failure, rowOf, success } from '../tracker/fixtures.ts';
import { coverChapter } from './chapter.ts';
import { HEADER, inFolderOf, PEOPLE } from './output-csv.ts';

coverChapter('command-lines');

const rowtrail = (...args: readonly string[]): Promise<CliResult> => runCli(args, { cwd: process.cwd() });
/** What a command prints with `--json`. */
async function json(...args: readonly string[]): Promise<unknown> {
  return JSON.parse((await rowtrail(...args, '--json')).stdout);
}
const rowIds = (value: unknown) => (value as { row_id: string }[]).map(({ row_id: rowId }) => rowId);

/** The people in an output.csv, after Ada's video arrived, and her file and Bob's video failed. */
async function worked(): Promise<void> {
  await inFolderOf();
  const ada = contextOf(await rowOf('output.csv', '007'));
  await updateCsvDownloadStatus(0, 'youtube', success(ada));
  await updateCsvDownloadStatus(0, 'drive', failure(ada));
  await updateCsvDownloadStatus(1, 'youtube', failure(contextOf(await rowOf('output.csv', 'NA'))));
}

/** What `--help` of a command leaves out, or says wrongly. */
async function missingFromHelp(name: string, flags: readonly string[]): Promise<readonly string[]> {
  await inFolderOf();
  const { code, stdout, stderr } = await rowtrail(name, '--help');
  const wanted = [...flags, '--json', '--help', `rowtrail ${name} --`];
  return [
    ...(code === 0 && stderr === '' ? [] : [`exit code ${code}`, stderr]),
    ...(stdout.startsWith(`Usage: rowtrail ${name} `) ? [] : ['its usage']),
    ...wanted.filter((words) => !stdout.includes(words)),
  ];
}

it('csv_tracker.py --help: rowtrail csv-tracker --help', async () => {
  expect(
    await missingFromHelp('csv-tracker', [
      ...['--enhance-schema', '--status', '--pending', '--failed', '--reset-status', '--reset-type'],
      ...['--csv-path'],
    ]),
  ).toEqual([]);
});

it('csv_tracker.py --enhance-schema: rowtrail csv-tracker --enhance-schema', async () => {
  await inFolderOf();
  expect((await rowtrail('csv-tracker', '--enhance-schema')).code).toBe(0);
  const [header] = (await readFile('output.csv', 'utf8')).split('\r\n');
  expect(header).toBe(`${HEADER},${TRACKING_COLUMNS.join(',')}`);
  expect(await json('csv-tracker', '--enhance-schema')).toEqual({ added: false });
});

it('csv_tracker.py --status: rowtrail csv-tracker --status', async () => {
  await worked();
  expect(await json('csv-tracker', '--status')).toEqual({
    total_rows: 4,
    youtube: { has_content: 2, pending: 0, completed: 1, failed: 1 },
    drive: { has_content: 2, pending: 1, completed: 0, failed: 1 },
  });
  const { code, stdout } = await rowtrail('csv-tracker', '--status');
  expect(code).toBe(0);
  expect(stdout).toMatch(/completed/i);
});

it('csv_tracker.py --pending [both|youtube|drive]: rowtrail csv-tracker --pending [both|youtube|drive]', async () => {
  await inFolderOf();
  expect(rowIds(await json('csv-tracker', '--pending'))).toEqual(['007', 'NA', '3']);
  expect(rowIds(await json('csv-tracker', '--pending', 'both'))).toEqual(['007', 'NA', '3']);
  expect(rowIds(await json('csv-tracker', '--pending', 'youtube'))).toEqual(['007', 'NA']);
  const drive = await json('csv-tracker', '--pending', 'drive');
  expect(drive).toEqual([
    { row_id: '007', row_index: 0, type: 'FF-Fi/Se-CP/B(S) #4', name: 'Ada', email: 'ada@example.org' },
    { row_id: '3', row_index: 2, type: 'FM #2', name: 'Cleo', email: 'cleo@example.org' },
  ]);
  expect((await rowtrail('csv-tracker', '--pending', 'vimeo')).code).toBe(2);
});

it('csv_tracker.py --failed [both|youtube|drive]: rowtrail csv-tracker --failed [both|youtube|drive]', async () => {
  await worked();
  expect(rowIds(await json('csv-tracker', '--failed'))).toEqual(['007', 'NA']);
  expect(rowIds(await json('csv-tracker', '--failed', 'both'))).toEqual(['007', 'NA']);
  expect(rowIds(await json('csv-tracker', '--failed', 'youtube'))).toEqual(['NA']);
  expect(rowIds(await json('csv-tracker', '--failed', 'drive'))).toEqual(['007']);
});

it('csv_tracker.py --reset-status ROW_ID --reset-type [both|youtube|drive]: rowtrail csv-tracker --reset-status ROW_ID --reset-type [both|youtube|drive]', async () => {
  await worked();
  const statuses = async () => {
    const { youtube_status: youtube, drive_status: drive } = await rowOf('output.csv', '007');
    return [youtube, drive];
  };
  const reset = async (type: string) =>
    (await rowtrail('csv-tracker', '--reset-status', '007', '--reset-type', type)).code;
  expect(await statuses()).toEqual(['completed', 'failed']);
  expect(await reset('drive')).toBe(0);
  expect(await statuses()).toEqual(['completed', 'pending']);
  expect(await reset('youtube')).toBe(0);
  expect(await statuses()).toEqual(['pending', 'pending']);
  await updateCsvDownloadStatus(0, 'youtube', failure(contextOf(await rowOf('output.csv', '007'))));
  expect(await reset('both')).toBe(0);
  expect(await statuses()).toEqual(['pending', 'pending']);
  expect((await rowtrail('csv-tracker', '--reset-status', 'nobody', '--reset-type', 'both')).code).toBe(4);
});

const METRICS = {
  timestamp: expect.stringMatching(/^\d{4}-/),
  total_rows: 4,
  pending_downloads: 1,
  completed_downloads: 1,
  failed_downloads: 2,
  success_rate: expect.closeTo(1 / 3, 9),
  avg_download_time: expect.any(Number),
  disk_usage_gb: 0,
  error_rate: expect.closeTo(2 / 3, 9),
  active_processes: 0,
};

it('monitoring.py --help: rowtrail monitoring --help', async () => {
  expect(
    await missingFromHelp('monitoring', [
      '--status',
      '--report',
      '--metrics',
      '--alerts',
      '--detailed',
      '--csv-path',
      '--json',
    ]),
  ).toEqual([]);
});

it('monitoring.py --status: rowtrail monitoring --status', async () => {
  await worked();
  expect((await rowtrail('monitoring', '--status')).code).toBe(0);
  expect(await json('monitoring', '--status')).toMatchObject({ ...METRICS, alerts: ['high_failure_rate'] });
});

it('monitoring.py --report: rowtrail monitoring --report', async () => {
  await worked();
  expect((await rowtrail('monitoring', '--report')).stdout).not.toBe('');
  const report = await json('monitoring', '--report');
  expect(Object.keys(report as object)).toEqual([
    ...[
      'generated_at',
      'csv_path',
      'metrics',
      'download_stats',
      'trend',
      'alerts',
      'paused_hosts',
      'recommendations',
      'causes',
    ],
  ]);
  expect(report).toMatchObject({
    metrics: METRICS,
    download_stats: { youtube_completed: 1, drive_failed: 1 },
  });
});

it('monitoring.py --metrics: rowtrail monitoring --metrics', async () => {
  await worked();
  expect((await rowtrail('monitoring', '--metrics')).code).toBe(0);
  const metrics = await json('monitoring', '--metrics');
  expect(metrics).toMatchObject(METRICS);
  expect(Object.keys(metrics as object)).toEqual([
    ...Object.keys(METRICS),
    ...['disk_usage_source', 'disk_free_gb', 'critical_errors'],
  ]);
});

it('monitoring.py --alerts: rowtrail monitoring --alerts', async () => {
  await worked();
  const { code, stdout } = await rowtrail('monitoring', '--alerts');
  expect(code).toBe(4);
  expect(stdout).toContain('high_failure_rate');
  expect(await json('monitoring', '--alerts')).toMatchObject({ alerts: [{ name: 'high_failure_rate' }] });
  await inFolderOf();
  expect(await json('monitoring', '--alerts')).toEqual({ alerts: [] });
  expect((await rowtrail('monitoring', '--alerts')).code).toBe(0);
});

it('monitoring.py --detailed: rowtrail monitoring --detailed', async () => {
  await worked();
  expect(await json('monitoring', '--report', '--detailed')).toMatchObject({
    failed_downloads: [
      { row_id: '007', download_type: 'drive' },
      { row_id: 'NA', download_type: 'youtube' },
    ],
  });
  expect(await json('monitoring', '--status', '--detailed')).toMatchObject({
    download_stats: {
      youtube_pending: 0,
      youtube_completed: 1,
      youtube_failed: 1,
      youtube_success_rate: 0.5,
      drive_pending: 1,
      drive_completed: 0,
      drive_failed: 1,
      drive_success_rate: 0,
    },
  });
});

it('error_handling.py --help: rowtrail error-handling --help', async () => {
  expect(
    await missingFromHelp('error-handling', [
      '--validate-csv',
      '--validate-environment',
      '--test-error-handling',
      '--json',
    ]),
  ).toEqual([]);
});

it('error_handling.py --validate-csv CSV_PATH: rowtrail error-handling --validate-csv CSV_PATH', async () => {
  await inFolderOf();
  expect((await rowtrail('error-handling', '--validate-csv', 'output.csv')).code).toBe(0);
  await writeFile('bad.csv', `${HEADER}\n${PEOPLE[0]}\n${PEOPLE[0]}\n`);
  const { code, stdout } = await rowtrail('error-handling', '--validate-csv', 'bad.csv');
  expect(code).toBe(4);
  expect(stdout).toContain('bad.csv:3:1:');
  const found = await json('error-handling', '--validate-csv', 'bad.csv');
  expect(found).toMatchObject([{ row_id: '007', file_path: 'bad.csv', line: 3, severity: 'error' }]);
  expect(Object.keys((found as object[])[0] ?? {})).toEqual([
    ...['error_id', 'severity', 'category', 'cause', 'verdict', 'next_step', 'message', 'details', 'row_id'],
    ...['download_type', 'url', 'file_path', 'line', 'column', 'timestamp', 'stack_trace'],
  ]);
});

it('error_handling.py --validate-environment: rowtrail error-handling --validate-environment', async () => {
  await inFolderOf();
  const { code, stdout } = await rowtrail('error-handling', '--validate-environment');
  expect(code).toBe(0);
  expect(stdout).not.toBe('');
  await writeFile('youtube_downloads', 'a file in the place of the folder');
  expect((await rowtrail('error-handling', '--validate-environment')).code).toBe(4);
  expect(await json('error-handling', '--validate-environment')).toContainEqual(
    expect.objectContaining({
      category: 'file_io',
      severity: 'critical',
      message: expect.stringContaining('youtube_downloads'),
      next_step: expect.stringContaining('--youtube-dir'),
    }),
  );
});

it('error_handling.py --test-error-handling: rowtrail error-handling --test-error-handling', async () => {
  await inFolderOf();
  const { code, stdout } = await rowtrail('error-handling', '--test-error-handling');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^(\d+) of \1 made errors/);
});

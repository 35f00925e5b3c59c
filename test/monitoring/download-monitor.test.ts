import Database from 'better-sqlite3';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DownloadMonitor, type SystemMetrics } from '../../src/monitoring/index.ts';
import { withTracker } from '../../src/tracker/index.ts';
import { peopleCsv, record } from './fixtures.ts';

const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000);

it('a CSV that no run has worked on has metrics, and nothing is made beside it', async () => {
  const { folder, ...options } = await peopleCsv();
  const monitor = new DownloadMonitor(options);
  const metrics = await monitor.collectMetrics();
  expect(metrics).toMatchObject({
    totalRows: 4,
    pendingDownloads: 4,
    completedDownloads: 0,
    failedDownloads: 0,
    successRate: 0,
    errorRate: 0,
    avgDownloadTime: null,
    diskUsageGb: 0,
    activeProcesses: 0,
    criticalErrors: 0,
  });
  expect(metrics.diskFreeGb).toBeGreaterThan(0);
  const report = await monitor.generateReport({ includeDetails: true });
  expect(report.failedDownloads).toEqual([]);
  expect(await monitor.checkAlerts({ ...metrics, pendingDownloads: 101 })).toHaveLength(1);
  await monitor.collectPrometheus();
  expect(await readdir(folder)).toEqual(['people.csv']);
});

it('metrics of elsewhere, made by hand, are judged also without a CSV; left out, they are collected', async () => {
  const { folder, ...options } = await peopleCsv();
  const nowhere = new DownloadMonitor({ csvPath: join(folder, 'none.csv') });
  // The ten numbers of the API reference, and no other.
  const metrics = {
    timestamp: '2026-01-02T03:04:05.000Z',
    ...{ totalRows: 500, pendingDownloads: 101, completedDownloads: 70, failedDownloads: 30 },
    ...{ successRate: 0.7, avgDownloadTime: null, diskUsageGb: 0, errorRate: 0.3, activeProcesses: 0 },
  };
  const namesOf = async (given: object) =>
    (await nowhere.checkAlerts(given as SystemMetrics)).map(({ name }) => name);
  expect(await namesOf(metrics)).toEqual(['high_failure_rate', 'stuck_downloads']);
  expect(await namesOf({ ...metrics, timestamp: undefined })).toEqual([
    'high_failure_rate',
    'stuck_downloads',
  ]);
  expect(await new DownloadMonitor(options).checkAlerts()).toEqual([]);
  await expect(nowhere.checkAlerts()).rejects.toMatchObject({ code: 'file_missing' });
});

it('downloads are counted, rates are fractions of those that ended', async () => {
  const { folder: _, ...options } = await peopleCsv();
  await record(options.csvPath, { rowId: '1', endedAt: ago(1), seconds: 10, size: 3_000_000 });
  await record(options.csvPath, {
    rowId: '1',
    downloadType: 'drive',
    endedAt: ago(1),
    seconds: 20,
    size: 1_000_000,
  });
  await record(options.csvPath, { rowId: '2', cause: 'timeout', endedAt: ago(1) });
  const monitor = new DownloadMonitor(options);
  expect(await monitor.collectMetrics()).toMatchObject({
    pendingDownloads: 1,
    completedDownloads: 2,
    failedDownloads: 1,
    successRate: 2 / 3,
    errorRate: 1 / 3,
    avgDownloadTime: 15,
  });
  expect(await monitor.getDownloadStats()).toEqual({
    youtubePending: 1,
    youtubeCompleted: 1,
    youtubeFailed: 1,
    youtubeSuccessRate: 0.5,
    drivePending: 0,
    driveCompleted: 1,
    driveFailed: 0,
    driveSuccessRate: 1,
    totalFilesDownloaded: 2,
    totalSizeMb: 4,
  });
});

it('critical errors are those of the last 24 hours, and raise an alert', async () => {
  const { folder: _, ...options } = await peopleCsv();
  const monitor = new DownloadMonitor(options);
  await record(options.csvPath, { rowId: '1', cause: 'disk_full', endedAt: ago(25) });
  await record(options.csvPath, { rowId: '2', cause: 'timeout', endedAt: ago(1) });
  expect((await monitor.collectMetrics()).criticalErrors).toBe(0);
  await record(options.csvPath, { rowId: '3', cause: 'disk_full', later: true, endedAt: ago(1) });
  const metrics = await monitor.collectMetrics();
  expect(metrics.criticalErrors).toBe(1);
  expect((await monitor.checkAlerts(metrics)).map(({ name }) => name)).toContain('critical_errors');
});

it('the average time is of the last 24 hours, and of all times where nothing was downloaded in these', async () => {
  const { folder: _, ...options } = await peopleCsv();
  const monitor = new DownloadMonitor(options);
  await record(options.csvPath, { rowId: '1', endedAt: ago(30), seconds: 100 });
  expect((await monitor.collectMetrics()).avgDownloadTime).toBe(100);
  await record(options.csvPath, { rowId: '2', endedAt: ago(2), seconds: 8 });
  expect((await monitor.collectMetrics()).avgDownloadTime).toBe(8);
});

it('files are counted on the disk where only the CSV tells that they arrived', async () => {
  const { folder: _, ...options } = await peopleCsv([
    'row_id,name,email,type,youtube_playlist,google_drive,youtube_status,youtube_files',
    '1,A,a@example.org,T,https://youtu.be/aaaaaaaaaaa,,completed,a.mp4',
    '2,B,b@example.org,T,https://youtu.be/bbbbbbbbbbb,,failed,',
  ]);
  await mkdir(options.youtubeDir);
  await writeFile(join(options.youtubeDir, 'a.mp4'), Buffer.alloc(5000));
  await writeFile(join(options.youtubeDir, 'a_metadata.json'), Buffer.alloc(700));
  const monitor = new DownloadMonitor(options);
  expect(await monitor.getDownloadStats()).toMatchObject({ totalFilesDownloaded: 1, totalSizeMb: 0.005 });
  expect(await monitor.collectMetrics()).toMatchObject({
    errorRate: 0.5,
    diskUsageGb: 5.7e-6,
    diskUsageSource: 'disk',
  });
});

it('each look at the metrics is a sample of the trend, once there is a ledger', async () => {
  const { folder: _, ...options } = await peopleCsv();
  let now = Date.now();
  const clock = { now: () => now, sleep: async () => {} };
  const monitor = new DownloadMonitor({ ...options, clock });
  await record(options.csvPath, { rowId: '1', endedAt: ago(1) });
  await monitor.collectMetrics();
  await record(options.csvPath, { rowId: '2', endedAt: ago(1) });
  now += 60_000;
  const { trend } = await monitor.generateReport();
  expect(trend.samples).toBe(2);
  expect(trend.metrics.completedDownloads).toEqual({ first: 1, last: 2, min: 1, max: 2, change: 1 });
  expect(trend.throughputPerHour).toBe(60);
});

it('an alert with a duration is judged by the samples on record', async () => {
  const { folder: _, ...options } = await peopleCsv();
  let now = Date.now();
  const monitor = new DownloadMonitor({
    ...options,
    clock: { now: () => now, sleep: async () => {} },
    alerts: [{ name: 'waiting', metric: 'pending_downloads', comparison: '>', threshold: 0, duration: 300 }],
  });
  await record(options.csvPath, { rowId: '1', endedAt: ago(1) });
  const names = async () =>
    (await monitor.checkAlerts(await monitor.collectMetrics())).map(({ name }) => name);
  expect(await names()).toEqual([]);
  now += 299_000;
  expect(await names()).toEqual([]);
  now += 2000;
  expect(await names()).toEqual(['waiting']);
});

it('a report names what failed, why, and the commands that mend it, for the very CSV', async () => {
  const { folder: _, ...options } = await peopleCsv();
  await record(options.csvPath, { rowId: '1', cause: 'timeout', endedAt: ago(1) });
  await record(options.csvPath, { rowId: '2', cause: 'private', permanent: true, endedAt: ago(1) });
  const monitor = new DownloadMonitor(options);
  const short = await monitor.generateReport();
  expect(short.failedDownloads).toBeUndefined();
  const report = await monitor.generateReport({ includeDetails: true });
  expect(report.alerts.map(({ name }) => name)).toEqual(['high_failure_rate']);
  expect(report.causes).toEqual([
    { downloadType: 'youtube', cause: 'private', category: 'permission', attempts: 1 },
    { downloadType: 'youtube', cause: 'timeout', category: 'network', attempts: 1 },
  ]);
  expect(report.failedDownloads).toMatchObject([
    { rowId: '1', downloadType: 'youtube', cause: 'timeout', remedy: 'run_again', attempts: 1 },
    { rowId: '2', cause: 'private', remedy: 'owner_must_share' },
  ]);
  expect(report.failedDownloads?.[0]?.lastAttempt).toMatch(/^\d{4}-/);
  expect(report.recommendations.map(({ command }) => command)).toEqual([
    `rowtrail retry ${options.csvPath} --category network`,
    `rowtrail failed ${options.csvPath} --export failed.csv`,
    `rowtrail failed ${options.csvPath} --by remedy`,
    `rowtrail run ${options.csvPath}`,
    `rowtrail alerts ${options.csvPath}`,
  ]);
});

it('a run shows as a process while it holds its lock', async () => {
  const { folder: _, ...options } = await peopleCsv();
  await record(options.csvPath, { rowId: '1', endedAt: ago(1) });
  const monitor = new DownloadMonitor(options);
  await withTracker(options.csvPath, async (tracker) => {
    const lock = await tracker.tryRunLock();
    expect((await monitor.collectMetrics()).activeProcesses).toBeGreaterThanOrEqual(1);
    await lock?.release();
  });
  expect((await monitor.collectMetrics()).activeProcesses).toBe(0);
});

it('metrics are told although no sample of them can be kept', async () => {
  const { folder, ...options } = await peopleCsv();
  await record(options.csvPath, { rowId: '1', endedAt: ago(1) });
  const db = new Database(join(folder, '.rowtrail/people.csv/ledger.db'));
  db.exec('DROP TABLE metric_sample');
  db.close();
  const notes: string[] = [];
  const monitor = new DownloadMonitor({ ...options, onNote: ({ message }) => notes.push(message) });
  expect((await monitor.collectMetrics()).completedDownloads).toBe(1);
  expect(notes).toEqual([expect.stringMatching(/^no sample could be kept: /)]);
});

it('alerts are delivered once, also by monitors that come later', async () => {
  const { folder: _, ...options } = await peopleCsv();
  await record(options.csvPath, { rowId: '1', cause: 'timeout', endedAt: ago(1) });
  const lines: string[] = [];
  for (let n = 0; n < 2; n++) {
    const monitor = new DownloadMonitor(options);
    const alerts = await monitor.checkAlerts(await monitor.collectMetrics());
    await monitor.deliverAlerts(alerts, { log: (line) => lines.push(line) });
  }
  expect(lines).toEqual([expect.stringContaining('[warning] people.csv: high_failure_rate')]);
});

it('a CSV that is not there is an error', async () => {
  const monitor = new DownloadMonitor({ csvPath: '/nowhere/people.csv' });
  await expect(monitor.collectMetrics()).rejects.toMatchObject({ code: 'file_missing' });
});

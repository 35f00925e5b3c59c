import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  DownloadMonitor,
  type DownloadStats,
  type StatusReport,
  type SystemMetrics,
} from '../../src/index.ts';
import { metricsAt, peopleCsv, PERSONAL, record } from '../monitoring/fixtures.ts';
import { coverChapter } from './chapter.ts';
import { HEADER, inFolderOf, PEOPLE } from './output-csv.ts';

coverChapter('monitoring');

const now = new Date('2026-11-20T12:00:00Z');
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const clock = {
  now: () => now.getTime(),
  sleep: () => Promise.reject(new Error('nothing waits here')),
};

/** After one video and one file arrived and one video failed; one video is pending. 2 MB are in the folders. */
async function monitor(): Promise<DownloadMonitor> {
  const { csvPath, youtubeDir, driveDir } = await peopleCsv();
  await record(csvPath, { rowId: '1', endedAt: minutesAgo(30), seconds: 4, size: 1_000_000 });
  await record(csvPath, {
    rowId: '1',
    downloadType: 'drive',
    endedAt: minutesAgo(20),
    seconds: 8,
    size: 500_000,
  });
  await record(csvPath, { rowId: '2', cause: 'disk_full', endedAt: minutesAgo(10) });
  await mkdir(youtubeDir);
  await writeFile(join(youtubeDir, 'clip-1.mp4'), Buffer.alloc(2_000_000));
  return new DownloadMonitor({ csvPath, youtubeDir, driveDir, clock });
}

const metrics = async (): Promise<SystemMetrics> => (await monitor()).collectMetrics();
const stats = async (): Promise<DownloadStats> => (await monitor()).getDownloadStats();
const report = async (includeDetails?: boolean): Promise<StatusReport> =>
  (await monitor()).generateReport(includeDetails === undefined ? {} : { includeDetails });
/** The default alerts that these metrics trigger. */
async function alerts(extra: Partial<SystemMetrics>): Promise<readonly string[]> {
  const all = await (await monitor()).checkAlerts(metricsAt(now.getTime(), extra));
  return all.map(({ name }) => name);
}

const METRICS = [
  ...['timestamp', 'totalRows', 'pendingDownloads', 'completedDownloads', 'failedDownloads', 'successRate'],
  ...['avgDownloadTime', 'diskUsageGb', 'errorRate', 'activeProcesses'],
];
const STATS = [
  ...['youtubePending', 'youtubeCompleted', 'youtubeFailed', 'youtubeSuccessRate', 'drivePending'],
  ...['driveCompleted', 'driveFailed', 'driveSuccessRate', 'totalFilesDownloaded', 'totalSizeMb'],
];

it('SystemMetrics.timestamp: SystemMetrics.timestamp', async () =>
  expect((await metrics()).timestamp).toBe('2026-11-20T12:00:00.000Z'));
it('SystemMetrics.total_rows: SystemMetrics.totalRows', async () =>
  expect((await metrics()).totalRows).toBe(4));
it('SystemMetrics.pending_downloads: SystemMetrics.pendingDownloads', async () =>
  expect((await metrics()).pendingDownloads).toBe(1));
it('SystemMetrics.completed_downloads: SystemMetrics.completedDownloads', async () =>
  expect((await metrics()).completedDownloads).toBe(2));
it('SystemMetrics.failed_downloads: SystemMetrics.failedDownloads', async () =>
  expect((await metrics()).failedDownloads).toBe(1));
it('SystemMetrics.success_rate: SystemMetrics.successRate', async () =>
  expect((await metrics()).successRate).toBeCloseTo(2 / 3, 9));
it('SystemMetrics.avg_download_time: SystemMetrics.avgDownloadTime', async () => {
  expect((await metrics()).avgDownloadTime).toBe(6);
  await inFolderOf();
  expect((await new DownloadMonitor().collectMetrics()).avgDownloadTime).toBeNull();
});
it('SystemMetrics.disk_usage_gb: SystemMetrics.diskUsageGb', async () => {
  const { diskUsageGb } = await metrics();
  expect(diskUsageGb).toBeGreaterThanOrEqual(0.002);
  expect(diskUsageGb).toBeLessThan(0.0021);
});
it('SystemMetrics.error_rate: SystemMetrics.errorRate', async () =>
  expect((await metrics()).errorRate).toBeCloseTo(1 / 3, 9));
it('SystemMetrics.active_processes: SystemMetrics.activeProcesses', async () =>
  expect((await metrics()).activeProcesses).toBe(0));

it('DownloadStats.youtube_pending = 0: DownloadStats.youtubePending', async () =>
  expect((await stats()).youtubePending).toBe(1));
it('DownloadStats.youtube_completed = 0: DownloadStats.youtubeCompleted', async () =>
  expect((await stats()).youtubeCompleted).toBe(1));
it('DownloadStats.youtube_failed = 0: DownloadStats.youtubeFailed', async () =>
  expect((await stats()).youtubeFailed).toBe(1));
it('DownloadStats.youtube_success_rate = 0.0: DownloadStats.youtubeSuccessRate', async () =>
  expect((await stats()).youtubeSuccessRate).toBe(0.5));
it('DownloadStats.drive_pending = 0: DownloadStats.drivePending', async () =>
  expect((await stats()).drivePending).toBe(0));
it('DownloadStats.drive_completed = 0: DownloadStats.driveCompleted', async () =>
  expect((await stats()).driveCompleted).toBe(1));
it('DownloadStats.drive_failed = 0: DownloadStats.driveFailed', async () =>
  expect((await stats()).driveFailed).toBe(0));
it('DownloadStats.drive_success_rate = 0.0: DownloadStats.driveSuccessRate', async () =>
  expect((await stats()).driveSuccessRate).toBe(1));
it('DownloadStats.total_files_downloaded = 0: DownloadStats.totalFilesDownloaded', async () =>
  expect((await stats()).totalFilesDownloaded).toBe(2));
it('DownloadStats.total_size_mb = 0.0: DownloadStats.totalSizeMb', async () =>
  expect((await stats()).totalSizeMb).toBe(1.5));

it('DownloadMonitor(): new DownloadMonitor()', async () => {
  await inFolderOf([HEADER, ...PEOPLE]);
  await mkdir('drive_downloads');
  await writeFile(join('drive_downloads', 'c.pdf'), Buffer.alloc(3_000_000));
  const { totalRows, pendingDownloads, diskUsageGb } = await new DownloadMonitor().collectMetrics();
  expect({ totalRows, pendingDownloads }).toEqual({ totalRows: 4, pendingDownloads: 4 });
  expect(diskUsageGb).toBeGreaterThanOrEqual(0.003);
});

it('collect_metrics() -> SystemMetrics: DownloadMonitor#collectMetrics()', async () => {
  expect(Object.keys(await metrics())).toEqual([
    ...METRICS,
    'diskUsageSource',
    'diskFreeGb',
    'criticalErrors',
  ]);
});

it('get_download_stats() -> DownloadStats: DownloadMonitor#getDownloadStats()', async () => {
  expect(Object.keys(await stats())).toEqual(STATS);
  // Where nothing happened every number is zero.
  await inFolderOf([HEADER, PEOPLE[3] ?? '']);
  expect(await new DownloadMonitor().getDownloadStats()).toEqual(
    Object.fromEntries(STATS.map((name) => [name, 0])),
  );
});

it('check_alerts(metrics) -> List[Dict]: DownloadMonitor#checkAlerts(metrics)', async () => {
  const each = await monitor();
  const triggered = await each.checkAlerts(await each.collectMetrics());
  expect(triggered.map(({ name }) => name)).toEqual(['high_failure_rate', 'critical_errors']);
  expect(Object.keys(triggered[0] ?? {}).toSorted()).toEqual(
    [
      ...['name', 'severity', 'message', 'metric', 'value', 'comparison', 'threshold', 'since', 'timestamp'],
      'nextStep',
    ].toSorted(),
  );
  expect(await each.checkAlerts(metricsAt(now.getTime()))).toEqual([]);
});

it('alert: failure rate > 20%: high_failure_rate', async () => {
  expect(await alerts({ errorRate: 0.2 })).toEqual([]);
  expect(await alerts({ errorRate: 0.2001 })).toEqual(['high_failure_rate']);
});
it('alert: disk space < 1 GB: low_disk_space', async () => {
  expect(await alerts({ diskFreeGb: 1 })).toEqual([]);
  expect(await alerts({ diskFreeGb: 0.999 })).toEqual(['low_disk_space']);
});
it('alert: > 100 pending: stuck_downloads', async () => {
  expect(await alerts({ pendingDownloads: 100 })).toEqual([]);
  expect(await alerts({ pendingDownloads: 101 })).toEqual(['stuck_downloads']);
});
it('alert: critical errors >= 1: critical_errors', async () => {
  expect(await alerts({ criticalErrors: 0 })).toEqual([]);
  expect(await alerts({ criticalErrors: 1 })).toEqual(['critical_errors']);
});

it('generate_report(include_details) -> Dict: DownloadMonitor#generateReport({ includeDetails })', async () => {
  const made = await report(true);
  expect(Object.keys(made)).toEqual([
    ...['generatedAt', 'csvPath', 'metrics', 'downloadStats', 'trend', 'alerts'],
    ...['pausedHosts', 'recommendations', 'causes', 'failedDownloads'],
  ]);
  for (const word of PERSONAL) expect(JSON.stringify(made)).not.toContain(word);
});
it('generate_report(include_details=False): DownloadMonitor#generateReport()', async () => {
  expect(await report()).not.toHaveProperty('failedDownloads');
  expect(await report(false)).not.toHaveProperty('failedDownloads');
});
it('report: current system metrics: StatusReport.metrics', async () => {
  const { metrics: current } = await report();
  expect(current).toMatchObject({
    totalRows: 4,
    pendingDownloads: 1,
    completedDownloads: 2,
    failedDownloads: 1,
  });
  expect(Object.keys(current)).toEqual(expect.arrayContaining(METRICS));
});
it('report: download statistics: StatusReport.downloadStats', async () => {
  expect((await report()).downloadStats).toMatchObject({
    youtubeCompleted: 1,
    driveCompleted: 1,
    totalSizeMb: 1.5,
  });
});
it('report: historical trends (24-hour): StatusReport.trend', async () => {
  const { csvPath, youtubeDir, driveDir } = await peopleCsv();
  let at = now.getTime() - 25 * 3_600_000;
  const watcher = new DownloadMonitor({ csvPath, youtubeDir, driveDir, clock: { ...clock, now: () => at } });
  await record(csvPath, { rowId: '3', endedAt: new Date(at) });
  // One sample is too old, two are not.
  await watcher.collectMetrics();
  at = now.getTime() - 3_600_000;
  await watcher.collectMetrics();
  await record(csvPath, { rowId: '1', endedAt: minutesAgo(30) });
  at = now.getTime();
  const { trend } = await watcher.generateReport();
  expect(trend).toMatchObject({
    from: '2026-11-20T11:00:00.000Z',
    to: '2026-11-20T12:00:00.000Z',
    samples: 2,
  });
  expect(trend.metrics.completedDownloads).toEqual({ first: 1, last: 2, min: 1, max: 2, change: 1 });
});
it('report: active alerts: StatusReport.alerts', async () => {
  expect((await report()).alerts.map(({ name }) => name)).toEqual(['high_failure_rate', 'critical_errors']);
});
it('report: actionable recommendations: StatusReport.recommendations', async () => {
  const { recommendations } = await report();
  expect(recommendations.length).toBeGreaterThan(0);
  for (const { message, command } of recommendations) {
    expect(message).toMatch(/\.$/);
    expect(command).toMatch(/^rowtrail \w+/);
  }
});
it('report: failed download details: StatusReport.failedDownloads', async () => {
  expect((await report(true)).failedDownloads).toEqual([
    {
      rowId: '2',
      downloadType: 'youtube',
      cause: 'disk_full',
      category: expect.any(String),
      remedy: 'machine',
      message: 'it failed: disk_full',
      nextStep: expect.any(String),
      attempts: 1,
      lastAttempt: minutesAgo(10).toISOString(),
    },
  ]);
});

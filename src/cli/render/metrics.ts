import type { Alert, DownloadStats, SystemMetrics } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { table } from './table.ts';
import { counted, countText, durationText, shellWord, TYPE_NAMES } from './words.ts';
import { wrapText } from './wrap.ts';

/** A fraction for a person: `12.5 %`. */
export function percentText(fraction: number): string {
  return `${Number((fraction * 100).toFixed(1))} %`;
}

function gigabytes(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 0)} GB`;
}

/** Every metric on a line of its own. */
export function metricsTable(metrics: SystemMetrics, { out, width }: Terminal): string {
  const { avgDownloadTime, diskFreeGb, activeProcesses } = metrics;
  const rows: readonly (readonly [string, string])[] = [
    ['rows', countText(metrics.totalRows)],
    ['pending downloads', countText(metrics.pendingDownloads)],
    ['completed downloads', countText(metrics.completedDownloads)],
    ['failed downloads', countText(metrics.failedDownloads)],
    ['success rate', percentText(metrics.successRate)],
    ['failure rate', percentText(metrics.errorRate)],
    ['average download', avgDownloadTime === null ? 'not known yet' : durationText(avgDownloadTime)],
    ['disk used', gigabytes(metrics.diskUsageGb)],
    ['disk free', diskFreeGb === null ? 'not known' : gigabytes(diskFreeGb)],
    ['running processes', countText(activeProcesses)],
    ['critical errors, 24 h', countText(metrics.criticalErrors)],
  ];
  return table([{ title: 'metric' }, { title: 'value', right: true }], rows, {
    head: out.dim,
    width: width.out,
  });
}

/** By type. */
export function statsTable(stats: DownloadStats, { out, width }: Terminal): string {
  const rows = [
    [
      TYPE_NAMES.youtube,
      stats.youtubePending,
      stats.youtubeCompleted,
      stats.youtubeFailed,
      stats.youtubeSuccessRate,
    ] as const,
    [
      TYPE_NAMES.drive,
      stats.drivePending,
      stats.driveCompleted,
      stats.driveFailed,
      stats.driveSuccessRate,
    ] as const,
  ].map(([name, pending, completed, failed, rate]) => [
    name,
    ...[pending, completed, failed].map(countText),
    percentText(rate),
  ]);
  return [
    table(
      [
        { title: '' },
        { title: 'pending', right: true },
        { title: 'completed', right: true },
        { title: 'failed', right: true },
        { title: 'success', right: true },
      ],
      rows,
      { head: out.dim, width: width.out },
    ),
    '',
    wrapText(
      `${counted(stats.totalFilesDownloaded, 'file')}, ${stats.totalSizeMb.toLocaleString('en', { maximumFractionDigits: 1 })} MB`,
      { width: width.out },
    ),
  ].join('\n');
}

export function renderMetrics(
  metrics: SystemMetrics,
  stats: DownloadStats | null,
  csvPath: string,
  terminal: Terminal,
): string {
  return [
    terminal.out.bold(safe(csvPath)),
    '',
    metricsTable(metrics, terminal),
    ...(stats === null ? [] : ['', statsTable(stats, terminal)]),
  ].join('\n');
}

/** One glance: the counts, whether anybody works, and the alerts by name. */
export function renderSystemStatus(
  metrics: SystemMetrics,
  alerts: readonly Alert[],
  csvPath: string,
  { out, width }: Terminal,
): string {
  const line = (text: string) => wrapText(text, { width: width.out, indent: '  ' });
  const { pendingDownloads, completedDownloads, failedDownloads, activeProcesses, diskFreeGb } = metrics;
  const counts = `${countText(completedDownloads)} completed, ${countText(pendingDownloads)} pending, ${countText(failedDownloads)} failed`;
  return [
    `${out.bold(safe(csvPath))}: ${counted(metrics.totalRows, 'row')}`,
    line(`Downloads: ${counts}.`),
    line(
      activeProcesses === 0
        ? 'Nobody works on it now.'
        : `A run works on it (${counted(activeProcesses, 'process', 'processes')}).`,
    ),
    line(
      `Disk: ${gigabytes(metrics.diskUsageGb)} used${diskFreeGb === null ? '' : `, ${gigabytes(diskFreeGb)} free`}.`,
    ),
    line(
      alerts.length === 0
        ? 'No alerts.'
        : `${out.yellow(counted(alerts.length, 'alert'))}: ${alerts.map(({ name }) => safe(name)).join(', ')}; see rowtrail alerts ${safe(shellWord(csvPath))}`,
    ),
  ].join('\n');
}

import type { HostPause } from '../hosts/index.ts';
import type { AttemptTotals } from '../ledger/index.ts';
import { DOWNLOAD_TYPES, type DownloadType } from '../row/index.ts';
import type { DownloadStats } from './download-stats.ts';
import { causeCounts } from './ledger-facts.ts';
import type { StoreActivity } from './store-activity.ts';
import type { SystemMetrics } from './system-metrics.ts';
import { BYTES_PER_GB } from './units.ts';

type Labels = Readonly<Record<string, string>>;

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly values: readonly (readonly [Labels, number | null])[];
}

/**
 * Metrics as Prometheus reads them (text format 0.0.4), in base units. Labels are type, status, cause, category and host: never a row_id,
 * a path or a name, so their number is bounded. What is unknown is left out. Pure.
 * @param activity of the store that holds the ledger; null where there is none
 * @param attempts of all times; null where nothing was ever recorded
 */
export function renderPrometheus(
  metrics: SystemMetrics,
  stats: DownloadStats,
  attempts: Readonly<Record<DownloadType, AttemptTotals>> | null,
  pausedHosts: readonly HostPause[],
  activity: StoreActivity | null = null,
): string {
  return [
    ...gauges(metrics, stats),
    ...pauses(pausedHosts),
    ...(activity === null ? [] : storeGauges(activity)),
    ...(attempts === null ? [] : counters(attempts)),
  ]
    .map(familyText)
    .join('');
}

/** What an HTTP answer with this text has to say of itself. */
export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

function gauges(metrics: SystemMetrics, stats: DownloadStats): readonly Family[] {
  const gauge = (name: string, help: string, ...values: Family['values']): Family => ({
    name,
    help,
    type: 'gauge',
    values,
  });
  return [
    gauge('rowtrail_rows', 'Rows of the CSV.', [{}, metrics.totalRows]),
    gauge(
      'rowtrail_downloads',
      'Downloads by type and status; a row has up to two.',
      [{ type: 'youtube', status: 'pending' }, stats.youtubePending],
      [{ type: 'youtube', status: 'completed' }, stats.youtubeCompleted],
      [{ type: 'youtube', status: 'failed' }, stats.youtubeFailed],
      [{ type: 'drive', status: 'pending' }, stats.drivePending],
      [{ type: 'drive', status: 'completed' }, stats.driveCompleted],
      [{ type: 'drive', status: 'failed' }, stats.driveFailed],
    ),
    gauge(
      'rowtrail_success_ratio',
      'Completed downloads of those that ended, 0 to 1.',
      [{ type: 'youtube' }, stats.youtubeSuccessRate],
      [{ type: 'drive' }, stats.driveSuccessRate],
    ),
    gauge('rowtrail_error_ratio', 'Failed downloads of those that ended, 0 to 1.', [{}, metrics.errorRate]),
    gauge('rowtrail_download_average_seconds', 'Time of a completed attempt, on average.', [
      {},
      metrics.avgDownloadTime,
    ]),
    gauge('rowtrail_disk_usage_bytes', 'What the download folders take up.', [
      {},
      Math.round(metrics.diskUsageGb * BYTES_PER_GB),
    ]),
    gauge('rowtrail_disk_free_bytes', 'Free space for the download folders.', [
      {},
      metrics.diskFreeGb === null ? null : Math.round(metrics.diskFreeGb * BYTES_PER_GB),
    ]),
    gauge('rowtrail_active_processes', 'The run that works on the CSV and the processes that it started.', [
      {},
      metrics.activeProcesses,
    ]),
    gauge('rowtrail_critical_errors', 'Attempts of the last 24 hours that failed critically.', [
      {},
      metrics.criticalErrors,
    ]),
    gauge('rowtrail_metrics_timestamp_seconds', 'When these metrics were collected, since 1970.', [
      {},
      Date.parse(metrics.timestamp) / 1000,
    ]),
  ];
}

/** Workers come and go and are counted by their state, so that there are no labels without end. */
function storeGauges({ workers, queue }: StoreActivity): readonly Family[] {
  const { waiting, delayed, active, dead } = queue;
  const silent = workers.filter((worker) => worker.silent).length;
  const draining = workers.filter((worker) => worker.draining && !worker.silent).length;
  const underWay = workers.reduce((sum, worker) => sum + (worker.silent ? 0 : worker.underWay), 0);
  return [
    {
      name: 'rowtrail_workers',
      help: 'Workers of the store: silent ones gave no sign of life for a while.',
      type: 'gauge',
      values: [
        [{ state: 'working' }, workers.length - silent - draining],
        [{ state: 'draining' }, draining],
        [{ state: 'silent' }, silent],
      ],
    },
    {
      name: 'rowtrail_worker_jobs',
      help: 'Jobs that the workers of the store say they work on.',
      type: 'gauge',
      values: [[{}, underWay]],
    },
    {
      name: 'rowtrail_queue_jobs',
      help: 'Jobs in the store, of all its CSVs: dead ones ended their workers.',
      type: 'gauge',
      values: [
        [{ state: 'waiting' }, waiting],
        [{ state: 'delayed' }, delayed],
        [{ state: 'active' }, active],
        [{ state: 'dead' }, dead],
      ],
    },
  ];
}

/** A host that is not paused is left out. */
function pauses(paused: readonly HostPause[]): readonly Family[] {
  return [
    {
      name: 'rowtrail_host_paused_until_timestamp_seconds',
      help: 'Until when a host is left alone because it turns us away or cannot be reached, since 1970.',
      type: 'gauge',
      values: paused.map(({ host, cause, until }) => [{ host, cause }, until.getTime() / 1000]),
    },
  ];
}

function counters(attempts: Readonly<Record<DownloadType, AttemptTotals>>): readonly Family[] {
  const counter = (name: string, help: string, values: Family['values']): Family => ({
    name,
    help,
    type: 'counter',
    values,
  });
  const perType = (what: 'files' | 'bytes'): Family['values'] =>
    DOWNLOAD_TYPES.map((type) => [{ type }, attempts[type][what]]);
  return [
    counter(
      'rowtrail_attempts_total',
      'Attempts that ended, by their outcome.',
      DOWNLOAD_TYPES.flatMap((type): Family['values'] => {
        const { attempts: all, completed, failed } = attempts[type];
        return [
          [{ type, status: 'completed' }, completed],
          [{ type, status: 'failed' }, failed],
          [{ type, status: 'pending' }, Math.max(all - completed - failed, 0)],
        ];
      }),
    ),
    counter(
      'rowtrail_failed_attempts_total',
      'Failed attempts by their cause.',
      causeCounts(attempts).map(({ downloadType, cause, category, attempts: count }) => [
        { type: downloadType, category, cause },
        count,
      ]),
    ),
    counter('rowtrail_downloaded_files_total', 'Files that arrived.', perType('files')),
    counter('rowtrail_downloaded_bytes_total', 'Bytes that arrived.', perType('bytes')),
  ];
}

function familyText({ name, help, type, values }: Family): string {
  const lines = values
    .filter(([, value]) => value !== null)
    .map(([labels, value]) => `${name}${labelText(labels)} ${value}\n`);
  return lines.length === 0 ? '' : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`);
}

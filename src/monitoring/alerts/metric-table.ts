import type { MetricSample } from '../../ledger/index.ts';
import { commandFor } from '../command-line.ts';
import type { SystemMetrics } from '../system-metrics.ts';
import { BYTES_PER_GB } from '../units.ts';
import { durationText, percentText } from '../words.ts';

/** What an alert needs to know of a metric. */
interface MetricFacts {
  /** As the subject of a sentence. */
  readonly label: string;
  readonly format: (value: number) => string;
  readonly of: (metrics: SystemMetrics) => number | null;
  /** The same metric of an earlier time; null for one of which no history is kept. */
  readonly ofSample: ((sample: MetricSample) => number | null) | null;
  /** What to do when it is not as it should be; names a command. */
  readonly nextStep: (csvPath: string) => string;
}

const count = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 2 });
const gigabytes = (value: number): string => `${Number(value.toFixed(value < 10 ? 2 : 0))} GB`;

const look = (csv: string): string => `See where it stands: \`${commandFor('status', csv)}\`.`;
const failures = (csv: string): string =>
  `See what failed and what mends it: \`${commandFor('failed', csv, '--by', 'remedy')}\`.`;
const disk = (): string => 'Free some disk space, then check the machine: `rowtrail doctor`.';

/** The metrics that an alert may watch. */
export const ALERT_METRICS = {
  totalRows: {
    label: 'the number of rows',
    format: count,
    of: (metrics) => metrics.totalRows,
    ofSample: (sample) => sample.totalRows,
    nextStep: look,
  },
  pendingDownloads: {
    label: 'the number of pending downloads',
    format: count,
    of: (metrics) => metrics.pendingDownloads,
    ofSample: (sample) => sample.pending,
    nextStep: (csv) => `Work them off: \`${commandFor('run', csv)}\`.`,
  },
  completedDownloads: {
    label: 'the number of completed downloads',
    format: count,
    of: (metrics) => metrics.completedDownloads,
    ofSample: (sample) => sample.completed,
    nextStep: look,
  },
  failedDownloads: {
    label: 'the number of failed downloads',
    format: count,
    of: (metrics) => metrics.failedDownloads,
    ofSample: (sample) => sample.failed,
    nextStep: failures,
  },
  successRate: {
    label: 'the success rate',
    format: percentText,
    of: (metrics) => metrics.successRate,
    ofSample: (sample) => sample.successRate,
    nextStep: failures,
  },
  errorRate: {
    label: 'the failure rate',
    format: percentText,
    of: (metrics) => metrics.errorRate,
    ofSample: (sample) => sample.errorRate,
    nextStep: failures,
  },
  avgDownloadTime: {
    label: 'the average time of a download',
    format: durationText,
    of: (metrics) => metrics.avgDownloadTime,
    ofSample: (sample) => sample.avgDownloadTime,
    nextStep: look,
  },
  diskUsageGb: {
    label: 'the size of the download folders',
    format: gigabytes,
    of: (metrics) => metrics.diskUsageGb,
    ofSample: (sample) => sample.diskUsageBytes / BYTES_PER_GB,
    nextStep: disk,
  },
  diskFreeGb: {
    label: 'free disk space',
    format: gigabytes,
    of: (metrics) => metrics.diskFreeGb,
    ofSample: null,
    nextStep: disk,
  },
  activeProcesses: {
    label: 'the number of running processes',
    format: count,
    of: (metrics) => metrics.activeProcesses,
    ofSample: (sample) => sample.activeProcesses,
    nextStep: look,
  },
  criticalErrors: {
    label: 'the number of critical errors in 24 hours',
    format: count,
    of: (metrics) => metrics.criticalErrors,
    ofSample: null,
    nextStep: () => 'Check disk, permissions and tools of this machine: `rowtrail doctor`.',
  },
} as const satisfies Record<string, MetricFacts>;

export type AlertMetric = keyof typeof ALERT_METRICS;

export function metricFacts(metric: AlertMetric): MetricFacts {
  return ALERT_METRICS[metric];
}

export function isAlertMetric(name: string): name is AlertMetric {
  return Object.hasOwn(ALERT_METRICS, name);
}

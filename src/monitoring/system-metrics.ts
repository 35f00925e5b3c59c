import type { MetricSample } from '../ledger/index.ts';
import { DOWNLOAD_TYPES } from '../row/index.ts';
import type { DownloadStatusSummary } from '../tracker/index.ts';
import type { DiskUsage } from './disk-usage.ts';
import { criticalAttempts, type LedgerFacts } from './ledger-facts.ts';
import { BYTES_PER_GB } from './units.ts';

/**
 * How a CSV's downloads and this machine stand (API reference). Downloads are counted, not rows: a row with both links has two. Rates
 * are fractions, 0 to 1; GB are 1,000,000,000 bytes.
 */
export interface SystemMetrics {
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly totalRows: number;
  /** Not tried yet, being tried, or to be tried later. */
  readonly pendingDownloads: number;
  readonly completedDownloads: number;
  readonly failedDownloads: number;
  /** Completed of those that ended; 0 when none did. */
  readonly successRate: number;
  /** Seconds that a completed attempt took, in the last 24 hours, else ever; null when nothing was downloaded. */
  readonly avgDownloadTime: number | null;
  /** What the download folders take up. */
  readonly diskUsageGb: number;
  /** Failed of those that ended; 0 when none did. */
  readonly errorRate: number;
  /** The run that works on the CSV and the processes that it started; 0 when there is none. */
  readonly activeProcesses: number;
  /** Where `diskUsageGb` comes from; `partial`: the folders were too large to look through and the ledger knows less than was seen. */
  readonly diskUsageSource: DiskUsage['source'];
  /** For the download folders, the smaller one of two disks; null when it cannot be asked. */
  readonly diskFreeGb: number | null;
  /** Attempts of the last 24 hours that failed with a cause of severity critical. */
  readonly criticalErrors: number;
}

/** What metrics are made of. */
export interface MetricFacts {
  readonly at: Date;
  readonly counts: DownloadStatusSummary;
  /** Null where nothing was ever recorded. */
  readonly ledger: LedgerFacts | null;
  readonly usage: DiskUsage;
  /** Bytes; null when it cannot be asked. */
  readonly free: number | null;
  readonly activeProcesses: number;
}

/** Pure. */
export function systemMetrics({
  at,
  counts,
  ledger,
  usage,
  free,
  activeProcesses,
}: MetricFacts): SystemMetrics {
  const sum = (what: 'pending' | 'completed' | 'failed') =>
    DOWNLOAD_TYPES.reduce((total, type) => total + counts[type][what], 0);
  const [completed, failed] = [sum('completed'), sum('failed')];
  return {
    timestamp: at.toISOString(),
    totalRows: counts.totalRows,
    pendingDownloads: sum('pending'),
    completedDownloads: completed,
    failedDownloads: failed,
    successRate: fraction(completed, failed),
    avgDownloadTime: ledger && (averageSeconds(ledger.lastDay) ?? averageSeconds(ledger.ever)),
    diskUsageGb: usage.bytes / BYTES_PER_GB,
    errorRate: fraction(failed, completed),
    activeProcesses,
    diskUsageSource: usage.source,
    diskFreeGb: free === null ? null : free / BYTES_PER_GB,
    criticalErrors: ledger === null ? 0 : criticalAttempts(ledger.lastDay),
  };
}

/** `part` of `part` and `rest`; 0 of nothing. */
export function fraction(part: number, rest: number): number {
  return part + rest === 0 ? 0 : part / (part + rest);
}

/** Metrics as the ledger keeps them for the trend. Pure. */
export function sampleOf(metrics: SystemMetrics, ledger: LedgerFacts): MetricSample {
  return {
    at: metrics.timestamp,
    totalRows: metrics.totalRows,
    pending: metrics.pendingDownloads,
    completed: metrics.completedDownloads,
    failed: metrics.failedDownloads,
    successRate: metrics.successRate,
    errorRate: metrics.errorRate,
    avgDownloadTime: metrics.avgDownloadTime,
    diskUsageBytes: Math.round(metrics.diskUsageGb * BYTES_PER_GB),
    activeProcesses: metrics.activeProcesses,
    downloadedBytes: ledger.ever.youtube.bytes + ledger.ever.drive.bytes,
  };
}

/** Over both types, each weighed by the attempts that it had; null when nothing was downloaded. */
function averageSeconds(attempts: LedgerFacts['ever']): number | null {
  let [seconds, completed] = [0, 0];
  for (const type of DOWNLOAD_TYPES) {
    const { averageSeconds: average, completed: count } = attempts[type];
    if (average === null) continue;
    seconds += average * count;
    completed += count;
  }
  return completed === 0 ? null : seconds / completed;
}

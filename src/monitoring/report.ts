import type { HostPause } from '../hosts/index.ts';
import type { Alert } from './alerts/evaluate.ts';
import type { DownloadStats } from './download-stats.ts';
import type { FailedDownloadDetail } from './failed-downloads.ts';
import type { CauseCount } from './ledger-facts.ts';
import type { Recommendation } from './recommendations.ts';
import type { SystemMetrics } from './system-metrics.ts';
import type { Trend } from './trend.ts';

/** How a CSV's downloads stand, how they came there, and what to do (API reference). It names no person. */
export interface StatusReport {
  /** ISO 8601. */
  readonly generatedAt: string;
  /** As it was given. */
  readonly csvPath: string;
  readonly metrics: SystemMetrics;
  readonly downloadStats: DownloadStats;
  /** The last 24 hours. */
  readonly trend: Trend;
  readonly alerts: readonly Alert[];
  /** Hosts that turn us away, or cannot be reached, by what the last run met. */
  readonly pausedHosts: readonly HostPause[];
  readonly recommendations: readonly Recommendation[];
  /** Failed attempts of the last 24 hours, or of all times where there were none in these; the most frequent first. */
  readonly causes: readonly CauseCount[];
  /** When details were asked for: in file order, at most 10,000. */
  readonly failedDownloads?: readonly FailedDownloadDetail[];
}

import { givenOptions, RowtrailError } from '../errors/index.ts';
import type { Ledger, MetricSample } from '../ledger/index.ts';
import {
  type CsvTracker,
  getDownloadStatusSummary,
  type TrackerOptions,
  withTracker,
} from '../tracker/index.ts';
import { countRunProcesses } from './active-processes.ts';
import { AlertDesk } from './alerts/alert-desk.ts';
import { type AlertCondition, alertConditions, type GivenCondition } from './alerts/condition.ts';
import type { AlertTargets, DeliveryLimits, DeliveryResult } from './alerts/deliver.ts';
import { type Alert, triggeredAlerts } from './alerts/evaluate.ts';
import { type Clock, systemClock } from './clock.ts';
import { DiskMeter } from './disk-meter.ts';
import { freeDiskSpace } from './disk-space.ts';
import { getPausedHosts } from './paused-hosts.ts';
import { type DownloadStats, downloadStats } from './download-stats.ts';
import { failedDownloads } from './failed-downloads.ts';
import { causeCounts, ledgerFacts, type LedgerFacts } from './ledger-facts.ts';
import { renderPrometheus } from './prometheus.ts';
import { getStoreActivity } from './store-activity.ts';
import { recommend } from './recommendations.ts';
import type { StatusReport } from './report.ts';
import { sampleOf, type SystemMetrics, systemMetrics } from './system-metrics.ts';
import { trendOf } from './trend.ts';
import { DAY_MS } from './units.ts';

export interface MonitorOptions extends TrackerOptions {
  /** `output.csv` unless given. */
  readonly csvPath?: string;
  /** The download folders; `youtube_downloads` and `drive_downloads` under the working directory unless given. */
  readonly youtubeDir?: string;
  readonly driveDir?: string;
  /** Besides the default conditions, or in the place of those of the same name. */
  readonly alerts?: readonly GivenCondition[];
  readonly clock?: Clock;
}

/** One look at everything. */
interface Measurement {
  readonly metrics: SystemMetrics;
  readonly stats: DownloadStats;
  /** Null where nothing was ever recorded. */
  readonly ledger: LedgerFacts | null;
}

/**
 * Watches over the downloads of one CSV (API reference). Every method brings CSV and ledger together first, as each command does; beside
 * a CSV that no run has worked on, nothing is made. All reject with RowtrailError where the CSV or its ledger cannot be read.
 */
export class DownloadMonitor {
  readonly #csvPath: string;
  readonly #folders: readonly string[];
  readonly #tracking: TrackerOptions;
  readonly #conditions: readonly AlertCondition[];
  readonly #clock: Clock;
  readonly #desk: AlertDesk;
  readonly #disk: DiskMeter;

  /** @throws RowtrailError `usage` for an alert condition that could never be judged */
  constructor(given: MonitorOptions = {}) {
    const {
      csvPath = 'output.csv',
      youtubeDir = 'youtube_downloads',
      driveDir = 'drive_downloads',
      alerts,
      clock = systemClock,
      ...tracking
    } = givenOptions(given);
    this.#csvPath = csvPath;
    this.#folders = [youtubeDir, driveDir];
    this.#tracking = tracking;
    this.#conditions = alertConditions(alerts);
    this.#clock = clock;
    this.#desk = new AlertDesk(clock);
    this.#disk = new DiskMeter(this.#folders);
  }

  /** How things stand now. Where there is a ledger, they are kept as a sample for the trend; a kill loses at most this one. */
  async collectMetrics(): Promise<SystemMetrics> {
    const { metrics } = await this.#collect();
    return metrics;
  }

  async getDownloadStats(): Promise<DownloadStats> {
    const { stats } = await this.#measure();
    return stats;
  }

  /**
   * The conditions that hold for these metrics; those with a duration by the samples of the 24 hours before.
   * @param given of `collectMetrics`, which is asked where they are left out; without a time they are of now. Metrics of elsewhere are judged
   *   also where there is no CSV: then there are no samples.
   */
  async checkAlerts(given?: SystemMetrics): Promise<readonly Alert[]> {
    const metrics = given ?? (await this.collectMetrics());
    const timestamp = metrics.timestamp ?? new Date(this.#clock.now()).toISOString();
    const samples = await this.#samples({ timestamp }).catch((error: unknown) => {
      if (error instanceof RowtrailError && error.code === 'file_missing') return [];
      throw error;
    });
    return this.#judge({ ...metrics, timestamp }, samples);
  }

  /**
   * Metrics, statistics, trend, alerts and what to do, in one.
   * @param given.includeDetails whether each failed download is listed
   */
  async generateReport(given: { readonly includeDetails?: boolean } = {}): Promise<StatusReport> {
    const { includeDetails = false } = givenOptions(given);
    const { metrics, stats, ledger } = await this.#collect();
    const samples = await this.#samples(metrics);
    const alerts = this.#judge(metrics, samples);
    const lastDay = ledger === null ? [] : causeCounts(ledger.lastDay);
    const causes = ledger === null || lastDay.length > 0 ? lastDay : causeCounts(ledger.ever);
    const facts = { csvPath: this.#csvPath, metrics, alerts, causes };
    return {
      generatedAt: metrics.timestamp,
      csvPath: this.#csvPath,
      metrics,
      downloadStats: stats,
      trend: trendOf(samples, Date.parse(metrics.timestamp)),
      alerts,
      pausedHosts: await this.#pausedHosts(),
      recommendations: recommend(facts),
      causes,
      ...(includeDetails ? { failedDownloads: await failedDownloads(this.#csvPath, this.#tracking) } : {}),
    };
  }

  /** The samples from this time on (ISO 8601, UTC), oldest first; they go back 30 days. */
  async samplesSince(at: string): Promise<readonly MetricSample[]> {
    return this.#withLedger(async (_, ledger) => (await ledger?.samplesSince(at)) ?? []);
  }

  /** The metrics in Prometheus' text format. */
  async collectPrometheus(): Promise<string> {
    const { metrics, stats, ledger } = await this.#measure();
    const activity = await getStoreActivity(this.#csvPath, this.#tracking);
    return renderPrometheus(metrics, stats, ledger?.ever ?? null, await this.#pausedHosts(), activity);
  }

  /**
   * Tells the targets of alerts that began or ended since they were last told. What was delivered is kept beside the ledger; where
   * there is none, this monitor remembers it.
   * @param alerts all that hold now, of `checkAlerts`
   */
  async deliverAlerts(
    alerts: readonly Alert[],
    targets: AlertTargets,
    limits: Omit<DeliveryLimits, 'clock'> = {},
  ): Promise<readonly DeliveryResult[]> {
    return this.#withLedger((tracker, ledger) =>
      this.#desk.announce(
        alerts,
        targets,
        { csv: tracker.place.csv, folder: ledger && tracker.place.folder },
        limits,
      ),
    );
  }

  async #collect(): Promise<Measurement> {
    const measurement = await this.#measure();
    const { metrics, ledger: facts } = measurement;
    if (facts !== null) {
      await this.#withLedger(async (_, ledger) => {
        await ledger?.recordSample(sampleOf(metrics, facts)).catch((error: unknown) => {
          if (!(error instanceof RowtrailError)) throw error;
          this.#tracking.onNote?.({ rowId: null, message: `no sample could be kept: ${error.message}` });
        });
      });
    }
    return measurement;
  }

  #measure(): Promise<Measurement> {
    return this.#withLedger(async ({ place }, existing) => {
      const counts = await getDownloadStatusSummary(this.#csvPath, this.#tracking);
      const now = this.#clock.now();
      const ledger = existing && (await ledgerFacts(existing, now));
      const recorded = ledger && ledger.files.youtube.bytes + ledger.files.drive.bytes;
      const usage = await this.#disk.measure(recorded);
      const metrics = systemMetrics({
        at: new Date(now),
        counts,
        ledger,
        usage,
        free: await freeDiskSpace(this.#folders),
        activeProcesses: await countRunProcesses(place.runLock, this.#clock),
      });
      return { metrics, stats: downloadStats(counts, ledger, usage), ledger };
    });
  }

  #pausedHosts() {
    return getPausedHosts(this.#csvPath, { ...this.#tracking, now: () => this.#clock.now() });
  }

  #judge(metrics: SystemMetrics, samples: readonly MetricSample[]): readonly Alert[] {
    return triggeredAlerts(this.#conditions, { metrics, samples, csvPath: this.#csvPath });
  }

  /** Of the 24 hours before these metrics, oldest first. */
  #samples(metrics: Pick<SystemMetrics, 'timestamp'>): Promise<readonly MetricSample[]> {
    const from = new Date(Date.parse(metrics.timestamp) - DAY_MS).toISOString();
    return this.#withLedger(async (_, ledger) => (await ledger?.samplesSince(from)) ?? []);
  }

  #withLedger<Result>(
    work: (tracker: CsvTracker, ledger: Ledger | null) => Promise<Result>,
  ): Promise<Result> {
    return withTracker(
      this.#csvPath,
      async (tracker) => work(tracker, await tracker.existingLedger()),
      this.#tracking,
    );
  }
}

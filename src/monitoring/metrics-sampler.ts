import { messageOf } from '../errors/index.ts';
import type { CsvTracker, DownloadStatusSummary } from '../tracker/index.ts';
import { countRunProcesses } from './active-processes.ts';
import { AlertDesk } from './alerts/alert-desk.ts';
import type { AlertCondition } from './alerts/condition.ts';
import type { AlertTargets } from './alerts/deliver.ts';
import { triggeredAlerts } from './alerts/evaluate.ts';
import { type Clock, systemClock } from './clock.ts';
import { freeDiskSpace } from './disk-space.ts';
import { type CauseCount, causeCounts, ledgerFacts } from './ledger-facts.ts';
import { type Recommendation, recommend } from './recommendations.ts';
import { sampleOf, type SystemMetrics, systemMetrics } from './system-metrics.ts';
import { DAY_MS } from './units.ts';

export interface SamplerOptions {
  /** Lent for as long as the sampler works; it has a ledger. */
  readonly tracker: CsvTracker;
  /** How the downloads stand, from what the run knows anyway: asked each time, so it must not read the CSV. */
  readonly counts: () => DownloadStatusSummary;
  /** The download folders. */
  readonly folders: readonly string[];
  /** From `alertConditions`. */
  readonly conditions: readonly AlertCondition[];
  readonly targets?: AlertTargets;
  /** As it stands in the commands of the next steps. */
  readonly csvPath: string;
  /** Told once of each thing that does not work; the run goes on. */
  readonly onNote?: (message: string) => void;
  readonly clock?: Clock;
  /** Milliseconds between two samples; 60 s unless given. */
  readonly interval?: number;
}

/** What a run can say of itself at its end. */
export interface ClosingWords {
  readonly metrics: SystemMetrics;
  readonly recommendations: readonly Recommendation[];
}

interface Sample {
  readonly metrics: SystemMetrics;
  readonly causes: readonly CauseCount[];
}

const INTERVAL_MS = 60_000;
/** How long the end of a run may be held up by telling of its last alerts. */
const LAST_DELIVERY_MS = 15_000;

/**
 * Keeps a sample of how a run stands at its beginning, every minute, and at its end, and tells of alerts. A sample costs a few questions to
 * the ledger, the same for a million rows as for ten: the CSV is not read and the download folders are not looked through (their
 * size is that of the files on record). Nothing that goes wrong here disturbs the run.
 */
export class MetricsSampler implements AsyncDisposable {
  readonly #options: SamplerOptions;
  readonly #clock: Clock;
  readonly #desk: AlertDesk;
  readonly #stop = new AbortController();
  readonly #noted = new Set<string>();
  readonly #working: Promise<void>;
  #closing: ClosingWords | null = null;

  /** Begins at once, with a sample: what a run changes is seen from its beginning on. */
  constructor(options: SamplerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#desk = new AlertDesk(this.#clock);
    this.#working = this.#work(this.#stop.signal);
  }

  /** How things stood with the last sample, and what to do; null where no sample could be made. */
  get closing(): ClosingWords | null {
    return this.#closing;
  }

  /** Ends it with a last sample and gives alerts that began or ended some seconds to be delivered. Never rejects. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#working;
    await this.#sample(AbortSignal.timeout(LAST_DELIVERY_MS));
  }

  async #work(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#sample(signal);
      if (signal.aborted) return;
      await this.#clock.sleep(this.#options.interval ?? INTERVAL_MS, signal).catch(() => {});
      if (signal.aborted) return;
    }
  }

  async #sample(signal: AbortSignal): Promise<void> {
    const sample = await this.#guarded('no sample could be kept', () => this.#record());
    if (sample === undefined) return;
    const isLast = signal !== this.#stop.signal;
    await this.#guarded('alerts could not be checked', () => this.#alert(sample, isLast, signal));
  }

  async #record(): Promise<Sample> {
    const { tracker, counts, folders } = this.#options;
    const ledger = await tracker.ledger();
    const now = this.#clock.now();
    const facts = await ledgerFacts(ledger, now);
    const { youtube, drive } = facts.files;
    const metrics = systemMetrics({
      at: new Date(now),
      counts: counts(),
      ledger: facts,
      usage: {
        bytes: youtube.bytes + drive.bytes,
        source: 'ledger',
        mediaFiles: youtube.files + drive.files,
        mediaBytes: youtube.bytes + drive.bytes,
      },
      free: await freeDiskSpace(folders),
      activeProcesses: await countRunProcesses(tracker.place.runLock, this.#clock),
    });
    await this.#guarded('no sample could be kept', () => ledger.recordSample(sampleOf(metrics, facts)));
    return { metrics, causes: causeCounts(facts.lastDay) };
  }

  async #alert({ metrics, causes }: Sample, isLast: boolean, signal: AbortSignal): Promise<void> {
    const { tracker, conditions, targets = {}, csvPath } = this.#options;
    const hasDuration = conditions.some(({ duration = 0 }) => duration > 0);
    const from = new Date(Date.parse(metrics.timestamp) - DAY_MS).toISOString();
    const samples = hasDuration ? await (await tracker.ledger()).samplesSince(from) : [];
    const backlog = new Set(conditions.filter(isBacklog).map(({ name }) => name));
    const judged = conditions.filter(({ name }) => isLast || !backlog.has(name));
    const alerts = triggeredAlerts(judged, { metrics, samples, csvPath });
    this.#closing = { metrics, recommendations: recommend({ csvPath, metrics, alerts, causes }) };
    const { csv, folder } = tracker.place;
    const withheld = { unlogged: backlog, ...(isLast ? {} : { unjudged: backlog }) };
    const results = await this.#desk.announce(alerts, targets, { csv, folder }, { signal }, withheld);
    // What the end of the run interrupts is tried again with the last sample.
    if (!isLast && signal.aborted) return;
    for (const { target, ok, error } of results)
      if (!ok) this.#note(`alerts could not be sent to the ${target}: ${error}`);
  }

  async #guarded<Result>(what: string, work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#note(`${what}: ${messageOf(error)}`);
      return undefined;
    }
  }

  /** The same thing once, whatever the error says of it this time. */
  #note(message: string): void {
    const [what = message] = message.split(':');
    if (this.#noted.has(what)) return;
    this.#noted.add(what);
    this.#options.onNote?.(message);
  }
}

/** Downloads that wait are what the run works off, and its log tells how many are left; that they do not get fewer is another matter. */
function isBacklog({ metric, duration = 0 }: AlertCondition): boolean {
  return metric === 'pendingDownloads' && duration === 0;
}

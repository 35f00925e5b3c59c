import { messageOf } from '../errors/index.ts';
import { isBucketAddress, outputAt } from '../files/index.ts';
import { systemClock } from '../hosts/index.ts';
import {
  type AlertCondition,
  alertConditions,
  type ClosingWords,
  MetricsSampler,
  type RunWish,
} from '../monitoring/index.ts';
import { DOWNLOAD_TYPES } from '../row/index.ts';
import type { CsvTracker } from '../tracker/index.ts';
import type { HostLimits } from './pacing/host-limits.ts';
import { letInAnew } from './planning/let-in.ts';
import { makeContext } from './make-context.ts';
import { DEFAULTS, type WorkflowOptions } from './options.ts';
import { planRun } from './planning/plan.ts';
import type { Plan } from './planning/plan-counts.ts';
import type { RunContext } from './run-context.ts';
import { RunDesk } from './reporting/run-desk.ts';
import { openRunLog } from './reporting/run-log.ts';
import { RunNews } from './reporting/run-news.ts';
import { newRunId, type RunSummary, RunTally } from './reporting/run-summary.ts';
import { workOffPlan } from './work-off-plan.ts';

/** One run of a CSV, from its first look to its summary. The run lock is held all the while. */
export class Run {
  readonly #context: RunContext;
  readonly #news: RunNews;
  readonly #csvPath: string;
  readonly #conditions: readonly AlertCondition[];
  readonly #stop = new AbortController();
  readonly #desk: RunDesk;

  /**
   * @param csvPath as it was given: it stands so in the commands that are recommended
   * @param limits that it keeps at hosts
   * @throws RowtrailError `usage` for an alert condition that cannot be judged
   */
  constructor(csvPath: string, tracker: CsvTracker, given: WorkflowOptions, limits: HostLimits) {
    this.#csvPath = csvPath;
    const { signal } = this.#stop;
    const options = {
      ...given,
      signal: given.signal === undefined ? signal : AbortSignal.any([given.signal, signal]),
    };
    this.#conditions = alertConditions(options.alerts);
    const clock = options.clock ?? systemClock;
    const runId = newRunId(new Date(clock.now()));
    const tally = new RunTally();
    this.#news = new RunNews({
      tracker,
      tally,
      onEvent: (event) => {
        this.#desk.heed(event);
        options.onEvent?.(event);
      },
    });
    this.#context = makeContext({ runId, tracker, options, clock, limits, tally, news: this.#news });
    this.#desk = new RunDesk({
      runId,
      noteFile: tracker.place.runNote,
      wishFile: tracker.place.runWish,
      clock,
      totals: () => this.#context.progress.totals,
      onWish: (wish) => this.#obey(wish),
      onError: (error) => this.#news.note(`others cannot be told how far this run is: ${messageOf(error)}`),
    });
  }

  /**
   * The whole of it. What other processes are told of the run ends with it, however it ends.
   * @param before what is done once CSV and ledger fit together
   */
  async whole(before: () => Promise<void>): Promise<RunSummary> {
    await this.#desk.open();
    try {
      await this.#prepare();
      await before();
      const summary = await this.#work();
      const { interrupted, complete } = summary;
      await this.#desk.close(interrupted ? 'interrupted' : complete ? 'done' : 'incomplete', null);
      return summary;
    } catch (error) {
      await this.#desk.close(
        this.#context.options.signal?.aborted ? 'interrupted' : 'error',
        messageOf(error),
      );
      throw error;
    }
  }

  /** Brings CSV and ledger together before anything is fetched; the run lock is held. */
  async #prepare(): Promise<void> {
    const { tracker, folders, options } = this.#context;
    await this.#tryBuckets();
    tracker.backUpAgain();
    await (await tracker.existingLedger())?.recover();
    await tracker.rebuild(folders);
    const unwritten = await tracker.sync();
    if (unwritten !== null) throw unwritten;
    await tracker.ensureColumns();
    const due = await letInAnew(tracker, options);
    if (due > 0)
      this.#news.note(`${due} Drive downloads that were not shared are tried again with the new credentials`);
  }

  /** What cannot be put anywhere is not to be fetched. */
  async #tryBuckets(): Promise<void> {
    const { folders, options } = this.#context;
    for (const type of DOWNLOAD_TYPES) {
      const isSkipped = type === 'youtube' ? options.skipYoutube : options.skipDrive;
      if (isSkipped !== true && isBucketAddress(folders[type])) await outputAt(folders[type]).check();
    }
  }

  async #work(): Promise<RunSummary> {
    const { tracker, options, clock, folders, pacer, runId, tally, counts, progress } = this.#context;
    const startedAt = new Date(clock.now());
    // The ledger is made, where there is none yet, while the log is opened; what keeps it from that is met by the plan.
    tracker.ledger().catch(() => {});
    const log = await openRunLog(tracker.place.runs, runId);
    let plan: Plan;
    let closing: ClosingWords | null;
    let unwritten: unknown = null;
    this.#news.logTo(log);
    try {
      plan = await planRun(tracker, options, startedAt, {
        onStatuses: (summary) => counts.begin(summary),
      });
      progress.begin(plan);
      this.#news.tell({ kind: 'planned', runId, plan, pace: options.pace ?? DEFAULTS.pace });
      closing = await this.#fetchAll(plan);
    } finally {
      // Whatever is still marked as being worked on is ours, and nobody works on it any more.
      await (await tracker.ledger()).recover();
      await this.#news.settled();
      await pacer.flush().catch((error: unknown) => (unwritten = error));
      await log.close();
    }
    if (unwritten !== null) throw unwritten;
    return tally.summary({
      runId,
      csvPath: tracker.place.csv,
      startedAt,
      endedAt: new Date(clock.now()),
      plan,
      interrupted: options.signal?.aborted === true,
      metrics: closing?.metrics ?? null,
      recommendations: closing?.recommendations ?? [],
      log: log.path,
      folders,
    });
  }

  /** Works off what is due. @returns how things stand after that */
  async #fetchAll(plan: Plan): Promise<ClosingWords | null> {
    const sampler = this.#sampler();
    try {
      await workOffPlan(this.#context, plan);
    } finally {
      await sampler[Symbol.asyncDispose]();
    }
    return sampler.closing;
  }

  /** Keeps samples for the history, and tells of alerts, while the run goes on. */
  #sampler(): MetricsSampler {
    const { tracker, options, folders, counts } = this.#context;
    return new MetricsSampler({
      tracker,
      csvPath: this.#csvPath,
      folders: Object.values(folders),
      counts: () => counts.now,
      conditions: this.#conditions,
      targets: {
        ...options.alertTargets,
        log: (message) => {
          this.#news.tell({ kind: 'alert', message });
          options.alertTargets?.log?.(message);
        },
      },
      onNote: (message) => this.#news.note(message),
    });
  }

  /** Somebody outside wants the run to pause, to go on or to end. */
  #obey(wish: RunWish): void {
    const { gate, progress } = this.#context;
    if (wish === 'pause') {
      gate.close();
      progress.pause();
    } else {
      gate.open();
      progress.resume();
    }
    if (wish === 'stop') this.#stop.abort();
    this.#news.tell({ kind: 'note', message: WORDS[wish], wish });
  }
}

/** What is said of a wish that is obeyed. */
const WORDS: Readonly<Record<RunWish, string>> = {
  pause:
    'paused from the dashboard: downloads under way end, no new one begins until it goes on there; Ctrl-C ends the run',
  run: 'goes on: resumed from the dashboard',
  stop: 'stopped from the dashboard: transfers end and the CSV is written',
};

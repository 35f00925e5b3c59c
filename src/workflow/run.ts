import { basename } from 'node:path';
import { ErrorHandler } from '../errors/index.ts';
import { isBucketAddress, outputAt, resolvePlace } from '../files/index.ts';
import { type HostEvent, openHosts, policies, systemClock } from '../hosts/index.ts';
import {
  type AlertCondition,
  alertConditions,
  type ClosingWords,
  MetricsSampler,
  RunningCounts,
  type RunWish,
} from '../monitoring/index.ts';
import { DOWNLOAD_TYPES } from '../row/index.ts';
import type { CsvTracker } from '../tracker/index.ts';
import type { RunEvent } from './events.ts';
import type { HostLimits } from './host-limits.ts';
import { letInAnew } from './let-in.ts';
import { DEFAULTS, type WorkflowOptions } from './options.ts';
import { Pacer } from './pacer.ts';
import { PauseBoard } from './pause-board.ts';
import { PauseNotes } from './pause-notes.ts';
import { planRun } from './plan.ts';
import type { Plan } from './plan-counts.ts';
import type { RunContext } from './run-context.ts';
import { RunDesk } from './run-desk.ts';
import { RunGate } from './run-gate.ts';
import { openRunLog, type RunLog } from './run-log.ts';
import { RunProgress } from './run-progress.ts';
import { newRunId, type RunSummary, RunTally } from './run-summary.ts';
import { sharedMedia } from './shared-media.ts';
import { workOffPlan } from './work-off-plan.ts';

/** One run of a CSV, from its first look to its summary. The run lock is held all the while. */
export class Run {
  readonly #context: RunContext;
  readonly #pauseNotes: PauseNotes;
  readonly #csvPath: string;
  readonly #conditions: readonly AlertCondition[];
  readonly #stop = new AbortController();
  readonly #desk: RunDesk;
  #log: RunLog | null = null;

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
    const project = async () => {
      await tracker.project();
      this.#heed();
    };
    this.#pauseNotes = new PauseNotes(tracker.place.pausedHosts, (error) => this.#note(messageOf(error)));
    const onError = (error: unknown) =>
      this.#note(`the CSV could not be written just now, the results are kept: ${messageOf(error)}`);
    this.#context = {
      runId: newRunId(new Date(clock.now())),
      tracker,
      options,
      clock,
      hosts: openHosts({
        policyOf: policies(options.pace ?? DEFAULTS.pace, options.concurrency ?? DEFAULTS.concurrency),
        maxWait: options.maxWait ?? DEFAULTS.maxWait,
        clock: limits.clock,
        store: limits.store,
        onEvent: (event) => this.#hear(event),
      }),
      board: new PauseBoard(),
      gate: new RunGate(),
      folders: {
        youtube: resolvePlace(options.youtubeDir ?? DEFAULTS.youtubeDir),
        drive: resolvePlace(options.driveDir ?? DEFAULTS.driveDir),
      },
      media: sharedMedia(() => tracker.ledger(), options.share !== false),
      pacer: new Pacer(project, clock, onError),
      tally: new RunTally(),
      progress: new RunProgress(() => clock.now()),
      counts: new RunningCounts(),
      errors: new ErrorHandler({ clock: () => new Date(clock.now()) }),
      tell: (event) => this.#tell(event),
      csvName: basename(tracker.place.csv),
      begin: async (download) => (await tracker.ledger()).begin(download, this.#context.runId),
      record: (attempt) => tracker.record(attempt),
      begun: () => this.#context.pacer.poke(),
      recorded: (attempt, state, before) => {
        this.#context.logged(attempt, state);
        this.#context.counts.moved(attempt.downloadType, before, attempt.outcome.status);
        this.#context.pacer.poke();
      },
      // Whatever has no result when the run ends is pending again by its last step.
      abandoned: () => Promise.resolve(),
      logged: (attempt, state) => this.#log?.recorded(attempt, state),
      note: (message, rowId) => this.#note(message, rowId),
    };
    this.#desk = new RunDesk({
      runId: this.#context.runId,
      noteFile: tracker.place.runNote,
      wishFile: tracker.place.runWish,
      clock,
      totals: () => this.#context.progress.totals,
      onWish: (wish) => this.#obey(wish),
      onError: (error) => this.#note(`others cannot be told how far this run is: ${messageOf(error)}`),
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
      this.#note(`${due} Drive downloads that were not shared are tried again with the new credentials`);
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
    this.#log = await openRunLog(tracker.place.runs, runId);
    let plan: Plan;
    let closing: ClosingWords | null;
    let unwritten: unknown = null;
    this.#heed();
    // This run tries every host at once: what an earlier one met is not said of it.
    this.#pauseNotes.note([]);
    try {
      plan = await planRun(tracker, options, startedAt, {
        onStatuses: (summary) => counts.begin(summary),
      });
      progress.begin(plan);
      this.#tell({ kind: 'planned', runId, plan, pace: options.pace ?? DEFAULTS.pace });
      closing = await this.#fetchAll(plan);
    } finally {
      // Whatever is still marked as being worked on is ours, and nobody works on it any more.
      await (await tracker.ledger()).recover();
      await this.#pauseNotes.settled();
      await pacer.flush().catch((error: unknown) => (unwritten = error));
      await this.#log.close();
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
      log: this.#log.path,
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
          this.#tell({ kind: 'alert', message });
          options.alertTargets?.log?.(message);
        },
      },
      onNote: (message) => this.#note(message),
    });
  }

  /** Somebody outside wants the run to pause, to go on or to end. */
  #obey(wish: RunWish): void {
    const { gate } = this.#context;
    if (wish === 'pause') gate.close();
    else gate.open();
    if (wish === 'stop') this.#stop.abort();
    this.#tell({ kind: 'note', message: WORDS[wish], wish });
  }

  /** A host is paused, or answers again. */
  #hear(event: HostEvent): void {
    const { board } = this.#context;
    board.heed(event);
    this.#pauseNotes.note(board.pauses);
    if (event.kind === 'paused') this.#context.tally.pause(event.pause);
    this.#tell(event);
    if (event.kind !== 'paused' || event.pause.reason !== 'unreachable') return;
    const { host, message } = event.pause;
    this.#note(`${host} is out of reach: ${message} No further row loses an attempt.`);
  }

  /** Passes on what the tracker has to say. */
  #heed(): void {
    for (const { rowId, message } of this.#context.tracker.takeNotes()) {
      this.#note(message, rowId ?? undefined);
    }
  }

  #note(message: string, rowId?: string): void {
    this.#context.tally.note(rowId === undefined ? message : `row ${rowId}: ${message}`);
    this.#tell({ kind: 'note', message, ...(rowId === undefined ? {} : { rowId }) });
  }

  #tell(event: RunEvent): void {
    this.#log?.write(event);
    this.#desk.heed(event);
    this.#context.options.onEvent?.(event);
  }
}

/** What is said of a wish that is obeyed. */
const WORDS: Readonly<Record<RunWish, string>> = {
  pause:
    'paused from the dashboard: downloads under way end, no new one begins until it goes on there; Ctrl-C ends the run',
  run: 'goes on: resumed from the dashboard',
  stop: 'stopped from the dashboard: transfers end and the CSV is written',
};

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { causeFacts, RowtrailError, fileError } from '../errors/index.ts';
import { clearStaging } from '../files/index.ts';
import { type Clock, HostGate, systemClock } from '../hosts/index.ts';
import { DOWNLOAD_TYPES, type DownloadResult, type DownloadType } from '../row/index.ts';
import {
  downloadDriveWithContext,
  downloadYoutubeWithContext,
  locateFfmpeg,
  locateYtDlp,
  resolveNetwork,
  type SourceOptions,
} from '../sources/index.ts';
import { type CsvTracker, lendTracker, outcomeOf } from '../tracker/index.ts';
import { installHint } from './check-environment.ts';
import type { Failure, RunEvent } from './events.ts';
import { DEFAULTS, type WorkflowOptions } from './options.ts';
import { Pacer } from './pacer.ts';
import { iterateTasks, planRun, type Task } from './plan.ts';
import type { Plan } from './plan-counts.ts';
import { openRunLog, type RunLog } from './run-log.ts';
import { newRunId, RunTally, type RunSummary } from './run-summary.ts';

/** Milliseconds between two starts of work on a host. */
const POLITE_PACE: Readonly<Record<DownloadType, number>> = { youtube: 1000, drive: 250 };

/**
 * The production workflow: adds the tracking columns, works off what is pending, records each result (durable at once),
 * writes the status back into the CSV as it goes, and reports.
 *
 * Killed at any moment it loses nothing that was recorded: the next run, or any command that opens the CSV, writes it in.
 * What a host or a link does never rejects; it is in the summary.
 * @param csvPath the CSV to work off and to write into.
 * @throws RowtrailError when the CSV is not usable or not writable, or another run works on it; nothing was fetched then.
 */
export async function runWorkflow(
  csvPath = 'output.csv',
  options: WorkflowOptions = {},
): Promise<RunSummary> {
  const columns = options.columns === undefined ? {} : { columns: options.columns };
  await using lent = await lendTracker(csvPath, columns);
  const { tracker } = lent;
  await validate(tracker);
  await checkWritable(tracker.place.csv);
  await using lock = await takeRunLock(tracker);
  void lock;
  const run = new Run(tracker, options);
  await run.prepare();
  // Awaited here: the lock and the tracker are given back when this function is left.
  return await run.work();
}

/** Refuses a CSV that is none before anything is made beside it. */
async function validate(tracker: CsvTracker): Promise<void> {
  await using snapshot = await tracker.snapshot();
  void snapshot;
}

/** The lock that only one run of a CSV holds. */
async function takeRunLock(tracker: CsvTracker) {
  const lock = await tracker.tryRunLock();
  if (lock !== null) return lock;
  throw new RowtrailError('locked', 'another rowtrail run works on this CSV', { file: tracker.place.csv });
}

async function checkWritable(csv: string): Promise<void> {
  try {
    await access(csv, constants.R_OK | constants.W_OK);
    await access(dirname(csv), constants.W_OK);
  } catch (error) {
    const { message } = fileError(error, 'the CSV or its folder cannot be written to');
    throw new RowtrailError('csv_not_writable', message, { file: csv, error });
  }
}

class Run {
  readonly #tracker: CsvTracker;
  readonly #options: WorkflowOptions;
  readonly #clock: Clock;
  readonly #runId: string;
  readonly #tally = new RunTally();
  readonly #folders: Readonly<Record<DownloadType, string>>;
  readonly #pacer: Pacer;
  /** Rows that the tracker had something to say of while this run worked. */
  readonly #noted = new Set<string>();
  #log: RunLog | null = null;

  constructor(tracker: CsvTracker, options: WorkflowOptions) {
    this.#tracker = tracker;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#runId = newRunId(new Date(this.#clock.now()));
    this.#folders = {
      youtube: resolve(options.youtubeDir ?? DEFAULTS.youtubeDir),
      drive: resolve(options.driveDir ?? DEFAULTS.driveDir),
    };
    this.#pacer = new Pacer(
      async () => {
        await tracker.project();
        this.#heed();
      },
      this.#clock,
      (error) =>
        this.#note(`the CSV could not be written just now, the results are kept: ${messageOf(error)}`),
    );
  }

  /** Brings CSV and ledger together before anything is fetched; the run lock is held. */
  async prepare(): Promise<void> {
    this.#tracker.backUpAgain();
    await (await this.#tracker.existingLedger())?.recover();
    await this.#tracker.rebuild(this.#folders);
    const unwritten = await this.#tracker.sync();
    if (unwritten !== null) throw unwritten;
    await this.#tracker.ensureColumns();
  }

  async work(): Promise<RunSummary> {
    const startedAt = new Date(this.#clock.now());
    this.#log = await openRunLog(this.#tracker.place.runs, this.#runId);
    let plan: Plan;
    let unwritten: unknown = null;
    this.#heed();
    this.#noted.clear();
    try {
      plan = await planRun(this.#tracker, this.#options, startedAt);
      this.#tell({ kind: 'planned', runId: this.#runId, plan });
      await Promise.all(
        DOWNLOAD_TYPES.map((type) => this.#workOff(type, plan[type].toFetch + plan[type].malformed)),
      );
    } finally {
      // Whatever is still marked as being worked on is ours, and nobody works on it any more.
      await (await this.#tracker.ledger()).recover();
      await this.#pacer.flush().catch((error: unknown) => (unwritten = error));
      await this.#log.close();
    }
    if (unwritten !== null) throw unwritten;
    await this.#leaveReset();
    return this.#tally.summary({
      runId: this.#runId,
      csvPath: this.#tracker.place.csv,
      startedAt,
      endedAt: new Date(this.#clock.now()),
      plan,
      interrupted: this.#options.signal?.aborted === true,
      log: this.#log.path,
      folders: this.#folders,
    });
  }

  /** Works off one download type with its own workers, so that one host's trouble never holds up the other. */
  async #workOff(type: DownloadType, count: number): Promise<void> {
    if (count === 0) return;
    const missing = type === 'youtube' ? await missingTool(this.#options) : null;
    if (missing !== null) {
      this.#tally.leave(type, count);
      this.#note(`${missing.message} No YouTube download was tried. Install it: ${missing.hint}`);
      return;
    }
    const gate = this.#gate(type);
    const tasks = iterateTasks({
      tracker: this.#tracker,
      downloadType: type,
      options: this.#options,
      now: () => new Date(this.#clock.now()),
      runId: this.#runId,
    });
    const workers = Array.from({ length: this.#options.concurrency ?? DEFAULTS.concurrency }, () =>
      this.#worker(tasks, gate),
    );
    try {
      await Promise.all(workers);
    } finally {
      await Promise.allSettled(workers);
      await tasks.return(undefined);
    }
    this.#tally.leave(type, Math.max(count - this.#tally.of(type).tried, 0));
    if (this.#tally.of(type).undone === 0) await clearStaging(this.#folders[type], []);
  }

  async #worker(tasks: AsyncGenerator<Task>, gate: HostGate): Promise<void> {
    const { signal } = this.#options;
    while (!signal?.aborted) {
      const next = await tasks.next();
      if (next.done === true) return;
      try {
        if (!(await this.#tryUntilAnswered(next.value, gate))) return;
      } catch (error) {
        gate.left();
        if (signal?.aborted) return;
        throw error;
      }
    }
  }

  /** @returns false when the host stays closed for this run; the download is pending then and lost no attempt. */
  async #tryUntilAnswered(task: Task, gate: HostGate): Promise<boolean> {
    for (;;) {
      if (!(await gate.enter(this.#options.signal))) return false;
      const { result, failure } = await this.#attempt(task);
      if (failure === null || causeFacts(failure.cause).scope !== 'host') {
        gate.answered();
        this.#report(task, result, failure);
        return true;
      }
      gate.refused(failure.notBefore === null ? null : Date.parse(failure.notBefore));
      if (gate.closed) {
        this.#report(task, result, failure);
        return false;
      }
    }
  }

  async #attempt(task: Task): Promise<{ result: DownloadResult; failure: Failure | null }> {
    const { row, downloadType, link } = task;
    const { rowId, type, name, email } = row.context;
    const ledger = await this.#tracker.ledger();
    const startedAt = new Date(this.#clock.now()).toISOString();
    const begun = await ledger.begin({ row: { rowId, type, name, email }, downloadType, link }, this.#runId);
    this.#pacer.poke();
    this.#tell({ kind: 'started', rowId, downloadType });
    const result = await this.#fetch(task, begun.generation);
    const outcome = outcomeOf(
      result,
      this.#options.transcriptOnly === true && downloadType === 'youtube' ? 'transcript' : 'full',
    );
    await this.#tracker.record({
      row: { rowId, type, name, email },
      downloadType,
      link,
      generation: begun.generation,
      lease: begun.lease,
      startedAt,
      endedAt: new Date(this.#clock.now()).toISOString(),
      items: result.items ?? [],
      outcome,
      folder: this.#folders[downloadType],
      runId: this.#runId,
    });
    this.#pacer.poke();
    if (outcome.status === 'completed') return { result, failure: null };
    const cause = outcome.cause ?? 'unknown';
    const { category, nextStep } = causeFacts(cause);
    return {
      result,
      failure: {
        rowId,
        name,
        downloadType,
        line: row.line,
        status: outcome.status,
        cause,
        category,
        message: outcome.message ?? '',
        nextStep,
        permanent: outcome.permanent,
        notBefore: outcome.notBefore,
      },
    };
  }

  async #fetch({ row, downloadType, link }: Task, generation: number): Promise<DownloadResult> {
    const { proxy, caCert, signal, transcriptOnly, resolution, format, cookies, pace } = this.#options;
    const ledger = await this.#tracker.ledger();
    const shared: SourceOptions = {
      outputDir: this.#folders[downloadType],
      network: resolveNetwork({ proxy, caCert }),
      done: await ledger.doneItems({ rowId: row.context.rowId, downloadType }),
      generation,
      onProgress: (progress) => this.#tell({ kind: 'progress', progress }),
      ...(signal ? { signal } : {}),
    };
    if (downloadType === 'drive') return downloadDriveWithContext(link, row.context, shared);
    return downloadYoutubeWithContext(link, row.context, {
      ...shared,
      transcriptOnly: transcriptOnly === true,
      pace: pace ?? DEFAULTS.pace,
      ...(resolution === undefined ? {} : { resolution }),
      ...(format === undefined ? {} : { outputFormat: format }),
      ...(cookies === undefined ? {} : { cookiesFile: cookies }),
    });
  }

  #gate(type: DownloadType): HostGate {
    return new HostGate(type === 'youtube' ? 'YouTube' : 'Google Drive', {
      pace: (this.#options.pace ?? DEFAULTS.pace) === 'off' ? 0 : POLITE_PACE[type],
      maxWait: this.#options.maxWait ?? DEFAULTS.maxWait,
      clock: this.#clock,
      onPause: (pause) => {
        this.#tally.pause(pause);
        this.#tell({ kind: 'paused', pause });
      },
    });
  }

  #report({ row, downloadType }: Task, result: DownloadResult, failure: Failure | null): void {
    this.#tally.add(downloadType, result, failure);
    if (failure) this.#tell({ kind: 'failed', failure });
    else this.#tell({ kind: 'completed', rowId: row.context.rowId, downloadType, result });
  }

  /** Downloads that a person's edit made pending again while the run worked are left to the next one. */
  async #leaveReset(): Promise<void> {
    if (this.#options.signal?.aborted) return;
    const ledger = await this.#tracker.ledger();
    const { skipYoutube, skipDrive } = this.#options;
    for (const rowId of this.#noted) {
      const row = await ledger.row(rowId);
      for (const type of DOWNLOAD_TYPES) {
        const state = row?.downloads[type];
        const skipped = type === 'youtube' ? skipYoutube : skipDrive;
        if (state?.status === 'pending' && state.attempts === 0 && state.notBefore === null && !skipped)
          this.#tally.leave(type, 1);
      }
    }
  }

  /** Passes on what the tracker has to say. */
  #heed(): void {
    for (const { rowId, message } of this.#tracker.takeNotes()) {
      this.#note(message, rowId ?? undefined);
      if (rowId !== null) this.#noted.add(rowId);
    }
  }

  #note(message: string, rowId?: string): void {
    this.#tally.note(rowId === undefined ? message : `row ${rowId}: ${message}`);
    this.#tell({ kind: 'note', message, ...(rowId === undefined ? {} : { rowId }) });
  }

  #tell(event: RunEvent): void {
    this.#log?.write(event);
    this.#options.onEvent?.(event);
  }
}

/** Why no YouTube download can be made on this machine and what to do about it, or null. */
async function missingTool({
  transcriptOnly,
}: WorkflowOptions): Promise<{ readonly message: string; readonly hint: string } | null> {
  try {
    await locateYtDlp();
    if (transcriptOnly !== true) await locateFfmpeg();
    return null;
  } catch (error) {
    if (!(error instanceof RowtrailError)) throw error;
    return {
      message: error.message,
      hint: installHint(error.code === 'ffmpeg_missing' ? 'ffmpeg' : 'yt-dlp'),
    };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

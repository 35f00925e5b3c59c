import { causeFacts, isCause, RowtrailError } from '../errors/index.ts';
import { clearStaging } from '../files/index.ts';
import { type Clock, forwardClock, HostGate } from '../hosts/index.ts';
import type { Outcome } from '../ledger/index.ts';
import type { DownloadResult, DownloadType } from '../row/index.ts';
import { locateFfmpeg, locateYtDlp } from '../sources/index.ts';
import { attempt, type AttemptEnd } from './attempt.ts';
import { installHint } from './check-environment.ts';
import type { Failure } from './events.ts';
import { DEFAULTS, type WorkflowOptions } from './options.ts';
import { isAnswered, isOutage, isUnreached, unreachedRows } from './outage.ts';
import { iterateTasks, type Task } from './plan.ts';
import type { RunContext } from './run-context.ts';
import { TaskFeed } from './task-feed.ts';

/** Milliseconds between two starts of work on a host. */
const POLITE_PACE: Readonly<Record<DownloadType, number>> = { youtube: 1000, drive: 250 };

/**
 * Works off one download type with its own workers, so that one host's trouble never holds up the other.
 * @param count downloads that are due, by the plan
 */
export async function workOff(run: RunContext, type: DownloadType, count: number): Promise<void> {
  if (count === 0) return;
  const { tracker, options, clock, tally, runId } = run;
  const missing = type === 'youtube' ? await missingTool(options) : null;
  if (missing !== null) {
    tally.leave(type, count);
    run.note(`${missing.message} No YouTube download was tried. Install it: ${missing.hint}`);
    return;
  }
  const now = () => new Date(clock.now());
  const waiting = forwardClock(clock);
  const feed = new TaskFeed(iterateTasks({ tracker, downloadType: type, options, now, runId }), waiting);
  const source = new SourceWork(run, feed, gateOf(run, type, waiting));
  const workers = Array.from({ length: options.concurrency ?? DEFAULTS.concurrency }, () => source.work());
  try {
    await Promise.all(workers);
  } finally {
    await Promise.allSettled(workers);
    await feed.close();
  }
  source.giveUpWaiting();
  tally.leave(type, Math.max(count - tally.of(type).tried, 0));
  if (tally.of(type).undone === 0) await clearStaging(run.folders[type], []);
}

/** The workers of one source: they share its feed and its gate. */
class SourceWork {
  readonly #run: RunContext;
  readonly #feed: TaskFeed;
  readonly #gate: HostGate;
  /** Downloads that failed and wait for another attempt of this run, with their last failure and how often this run tried. */
  readonly #waiting = new Map<
    string,
    { readonly task: Task; readonly end: AttemptEnd; readonly tries: number }
  >();

  /** Rows that did not reach the host since it last answered one. */
  #unreached: readonly string[] = [];
  /** Whether the host answered in this run: then an outage may pass, else something is wrong on our side. */
  #wasReached = false;

  constructor(run: RunContext, feed: TaskFeed, gate: HostGate) {
    this.#run = run;
    this.#feed = feed;
    this.#gate = gate;
  }

  async work(): Promise<void> {
    const { signal } = this.#run.options;
    while (!signal?.aborted) {
      try {
        const task = await this.#feed.next(signal);
        if (task === null || !(await this.#tryUntilAnswered(task))) return;
      } catch (error) {
        this.#gate.left();
        if (signal?.aborted) return;
        throw error;
      }
    }
  }

  /** The run ends before these were tried again: their last failure stands. */
  giveUpWaiting(): void {
    for (const { task, end } of [...this.#waiting.values()]) this.#report(task, end);
  }

  /** @returns false when the host stays closed for this run; the download is pending then and lost no attempt. */
  async #tryUntilAnswered(task: Task): Promise<boolean> {
    let before = this.#waiting.has(task.row.context.rowId) ? 'failed' : task.before;
    for (;;) {
      if (!(await this.#gate.enter(this.#run.options.signal))) return false;
      if (!(await this.#isStillWanted(task))) {
        this.#gate.left();
        return true;
      }
      let isOutOfReach = false;
      const end = await attempt(this.#run, task, before, (outcome, result) => {
        const judged = this.#judge(task, outcome, result);
        isOutOfReach = judged !== outcome;
        return judged;
      });
      this.#run.tally.arrived(task.downloadType, end.result);
      const { failure } = end;
      before = failure === null ? 'completed' : failure.status;
      if (failure === null || (!isOutOfReach && causeFacts(failure.cause).scope !== 'host')) {
        this.#gate.answered();
        if (failure === null || !this.#retriesLater(task, end, failure)) this.#report(task, end);
        return true;
      }
      if (isOutOfReach) this.#gate.unreachable(this.#wasReached);
      else this.#gate.refused(failure.notBefore === null ? null : Date.parse(failure.notBefore));
      if (this.#gate.closed) {
        this.#report(task, end);
        return false;
      }
    }
  }

  /** Where the host is out of reach as a whole, that costs the row no attempt. */
  #judge({ row }: Task, outcome: Outcome, { items = [] }: DownloadResult): Outcome {
    const contact = {
      rowId: row.context.rowId,
      cause: outcome.cause,
      hasArrivals: items.some(({ failure }) => failure === null),
    };
    const before = this.#unreached;
    this.#wasReached ||= isAnswered(contact);
    this.#unreached = unreachedRows(before, contact);
    if (!isOutage(this.#unreached) || !isUnreached(contact)) return outcome;
    if (!isOutage(before))
      this.#run.note(
        `${this.#gate.host} is out of reach: ${outcome.message}. No further row loses an attempt.`,
      );
    return { ...outcome, status: 'pending' };
  }

  /** A download that failed before may have got another link meanwhile, or none: then it is no longer this one. */
  async #isStillWanted({ row, downloadType, link }: Task): Promise<boolean> {
    const { rowId } = row.context;
    if (!this.#waiting.has(rowId)) return true;
    await using snapshot = await this.#run.tracker.snapshot();
    const position = snapshot.index.findRow(rowId);
    if (position >= 0 && (await snapshot.readRow(position)).links[downloadType] === link) return true;
    this.#waiting.delete(rowId);
    return false;
  }

  /** Has a failed download tried again in this run, where its cause and its attempts allow that. */
  #retriesLater(task: Task, end: AttemptEnd, failure: Failure): boolean {
    const { errors, options, tally } = this.#run;
    const { downloadType, link } = task;
    const { rowId } = task.row.context;
    const { attempts } = end;
    const cause = isCause(failure.cause) ? failure.cause : 'unknown';
    const context = errors.handleError(new RowtrailError(cause, failure.message), {
      rowId,
      downloadType,
      url: link,
    });
    const most = options.retryAttempts ?? DEFAULTS.retryAttempts;
    if (failure.status !== 'failed' || failure.permanent || options.includeFailed === false) return false;
    const tries = (this.#waiting.get(rowId)?.tries ?? 0) + 1;
    if (attempts >= most || !errors.shouldRetry(context, tries, most)) return false;
    const seconds = errors.getRetryDelay(context, tries);
    this.#waiting.set(rowId, { task, end, tries });
    this.#feed.retry(task, seconds * 1000);
    tally.retried(downloadType);
    this.#run.tell({ kind: 'retrying', failure, attempts, seconds });
    return true;
  }

  #report({ row, downloadType }: Task, { result, failure }: AttemptEnd): void {
    this.#waiting.delete(row.context.rowId);
    this.#run.tally.ended(downloadType, failure);
    if (failure) this.#run.tell({ kind: 'failed', failure });
    else this.#run.tell({ kind: 'completed', rowId: row.context.rowId, downloadType, result });
  }
}

function gateOf({ options, tally, tell }: RunContext, type: DownloadType, clock: Clock): HostGate {
  return new HostGate(type === 'youtube' ? 'YouTube' : 'Google Drive', {
    pace: (options.pace ?? DEFAULTS.pace) === 'off' ? 0 : POLITE_PACE[type],
    maxWait: options.maxWait ?? DEFAULTS.maxWait,
    clock,
    onPause: (pause) => {
      tally.pause(pause);
      tell({ kind: 'paused', pause });
    },
  });
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

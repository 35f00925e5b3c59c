import { isCause, RowtrailError } from '../errors/index.ts';
import { lendTurns, type Turn } from '../hosts/index.ts';
import { attempt, type AttemptEnd } from './attempt.ts';
import type { Failure } from './events.ts';
import { hostVerdict } from './host-verdict.ts';
import { COMPLETED, isUnreadRefresh } from './refresh.ts';
import { isOwnHost, mainHost } from './main-host.ts';
import { DEFAULTS } from './options.ts';
import type { Task } from './tasks.ts';
import type { RunContext } from './run-context.ts';
import type { TaskFeed } from './task-feed.ts';

/** So often a download is tried again at once whose host refused it and was open again by then. */
const MOST_REPEATS = 3;

/** A download that this run tried and tries again. */
interface Waiting {
  readonly end: AttemptEnd;
  /** Attempts that this run made of it and that it lost. */
  readonly tries: number;
  readonly repeats: number;
}

/** The workers of one source: they share its feed. */
export class SourceWork {
  readonly #run: RunContext;
  readonly #feed: TaskFeed;
  readonly #waiting = new Map<string, Waiting & { readonly task: Task }>();

  constructor(run: RunContext, feed: TaskFeed) {
    this.#run = run;
    this.#feed = feed;
  }

  async work(): Promise<void> {
    const { signal } = this.#run.options;
    while (!signal?.aborted) {
      try {
        await this.#run.gate.whenOpen(signal);
        const task = await this.#feed.next(signal);
        if (task === null) return;
        const isOpen = await this.#take(task);
        this.#feed.tried(task);
        if (!isOpen) return;
      } catch (error) {
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
  async #take(task: Task): Promise<boolean> {
    const { gate } = this.#run;
    const { closings } = gate;
    if (!task.needsHost) {
      await gate.whenOpen(this.#run.options.signal);
      await this.#try(task, []);
      return true;
    }
    for (;;) {
      await gate.whenOpen(this.#run.options.signal);
      const isOpen = await this.#takeTurn(task, closings);
      if (isOpen !== 'paused') return isOpen;
    }
  }

  /** @returns `paused` when the run was while it waited for its turn: that is given back. */
  async #takeTurn(task: Task, closings: number): Promise<boolean | 'paused'> {
    const { hosts, options } = this.#run;
    const host = hosts.host(mainHost(task, options));
    const { signal } = options;
    const isOwn = isOwnHost(host.name);
    const pauses = isOwn ? 'wait' : 'leave';
    await using turn = await host.enter({ signal, work: task.row.context.rowId, pauses });
    if (turn === null) {
      // A host of one row is no reason to hold up those of other hosts.
      if (!isOwn && this.#run.board.of(host.name)?.waits === true) this.#feed.park(task, host.name);
      return !isOwn || options.allowDirectLinks === true;
    }
    const { gate } = this.#run;
    if (!gate.isOpen) return 'paused';
    if (await this.#isStillWanted(task, gate.closings !== closings)) await this.#try(task, [turn]);
    return true;
  }

  async #try(task: Task, turns: readonly Turn[]): Promise<void> {
    const { hosts, board, tally, options } = this.#run;
    const { rowId } = task.row.context;
    const before = this.#waiting.get(rowId)?.end.failure?.status ?? task.before;
    let waitsFor: string | null = null;
    const end = await attempt(
      { ...this.#run, hosts: lendTurns(hosts, turns) },
      task,
      before,
      async (outcome, result) => {
        const main = mainHost(task, options);
        const verdict = hostVerdict(result, outcome, main, (host) => board.of(host));
        ({ waitsFor } = verdict);
        if (waitsFor !== null || !isUnreadRefresh(task, outcome, result)) return verdict.outcome;
        this.#run.note(`its list could not be read anew: ${outcome.message ?? ''}`, rowId);
        return { ...COMPLETED, scope: outcome.scope };
      },
    );
    tally.arrived(task.downloadType, end.result);
    const { failure } = end;
    const goesOn =
      failure !== null &&
      (waitsFor === null
        ? this.#retriesLater(task, end, failure)
        : this.#waitsFor(task, end, failure, waitsFor));
    if (!goesOn) this.#report(task, end);
  }

  /** Puts a download back until its host answers. @returns false when this run does not wait so long */
  #waitsFor(task: Task, end: AttemptEnd, failure: Failure, host: string): boolean {
    const pause = this.#run.board.of(host);
    const { tries, repeats } = this.#waitingOf(task);
    if (pause === null ? repeats >= MOST_REPEATS : !pause.waits) return false;
    this.#waiting.set(task.row.context.rowId, {
      task,
      end,
      tries,
      repeats: pause === null ? repeats + 1 : 0,
    });
    this.#feed.park(task, host);
    this.#run.tell({ kind: 'waiting', failure, host });
    return true;
  }

  #waitingOf({ row }: Task): Pick<Waiting, 'tries' | 'repeats'> {
    return this.#waiting.get(row.context.rowId) ?? { tries: 0, repeats: 0 };
  }

  /**
   * A download that is tried again, or was about to be tried when the run was paused, may have got another link meanwhile, or none:
   * then it is no longer this one.
   */
  async #isStillWanted({ row, downloadType, link }: Task, wasPaused: boolean): Promise<boolean> {
    const { rowId } = row.context;
    if (!wasPaused && !this.#waiting.has(rowId)) return true;
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
    const tries = this.#waitingOf(task).tries + 1;
    if (attempts >= most || !errors.shouldRetry(context, tries, most)) return false;
    const seconds = errors.getRetryDelay(context, tries);
    this.#waiting.set(rowId, { task, end, tries, repeats: 0 });
    this.#feed.retry(task, seconds * 1000);
    tally.retried(downloadType);
    this.#run.tell({ kind: 'retrying', failure, attempts, seconds });
    return true;
  }

  #report({ row, downloadType }: Task, { result, failure }: AttemptEnd): void {
    this.#waiting.delete(row.context.rowId);
    this.#run.tally.ended(downloadType, failure);
    const totals = this.#run.progress.ended(downloadType);
    if (failure) this.#run.tell({ kind: 'failed', failure, totals });
    else this.#run.tell({ kind: 'completed', rowId: row.context.rowId, downloadType, result, totals });
  }
}

import { lendTurns, type Turn } from '../hosts/index.ts';
import { attempt, type AttemptEnd } from './attempt/attempt.ts';
import type { Failure } from './reporting/events.ts';
import { targetsOf } from './planning/decide.ts';
import { hostVerdict } from './attempt/host-verdict.ts';
import { COMPLETED, isUnreadRefresh } from './attempt/refresh.ts';
import { isOwnHost, mainHost } from './attempt/main-host.ts';
import { nextTry } from './planning/next-try.ts';
import { DEFAULTS } from './options.ts';
import type { OutputGate } from './pacing/output-gate.ts';
import { Places } from './pacing/places.ts';
import type { Task } from './planning/tasks.ts';
import type { RunContext } from './run-context.ts';
import type { TaskFeed } from './planning/task-feed.ts';

/** So often a download is tried again at once whose host refused it and was open again by then. */
const MOST_REPEATS = 3;

/** A download that this run tried and tries again. */
interface Waiting {
  readonly end: AttemptEnd;
  /** Attempts that this run made of it and that it lost. */
  readonly tries: number;
  readonly repeats: number;
}

/** A download whose host gave it a turn; null where it needs none. */
interface Begun {
  readonly task: Task;
  /** The host at which it waited, or would have. */
  readonly main: string;
  readonly turn: Turn | null;
}

/** The workers of one source: they share its feed. */
export class SourceWork {
  readonly #run: RunContext;
  readonly #feed: TaskFeed;
  readonly #takers: Places;
  /** Rows whose download waits for its turn or goes on. */
  readonly #taken = new Set<string>();
  /** At each host one waits for its turn, the others behind it. */
  readonly #lines = new Map<string, Places>();
  readonly #waiting = new Map<string, Waiting & { readonly task: Task }>();

  /** The signal of what goes on in a turn that may be lost; nearly all turns are lost together. */
  #ofLost: { readonly lost: AbortSignal; readonly either: AbortSignal } | null = null;

  readonly #gate: OutputGate;

  constructor(run: RunContext, feed: TaskFeed, output: OutputGate) {
    this.#run = run;
    this.#feed = feed;
    this.#gate = output;
    this.#takers = new Places(run.options.concurrency ?? DEFAULTS.concurrency);
  }

  async work(): Promise<void> {
    const { signal } = this.#run.options;
    while (!signal?.aborted) {
      try {
        const begun = await this.#takers.within(() => this.#begin());
        if (begun === null) return;
        await this.#work(begun);
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

  /** The next download that may be tried; null when there is none any more, or the host stays closed for this run. */
  async #begin(): Promise<Begun | null> {
    const { options, gate } = this.#run;
    const { signal, allowDirectLinks } = options;
    for (;;) {
      await gate.whenOpen(signal);
      if (!(await this.#gate.isOpen())) return null;
      const task = await this.#feed.next(signal);
      if (task === null) return null;
      const { rowId } = task.row.context;
      // After a person's edit the rows come once more, but for those that were begun.
      if (this.#taken.has(rowId) && !this.#waiting.has(rowId)) continue;
      this.#taken.add(rowId);
      const begun = await this.#atHost(task);
      if (typeof begun === 'object') return begun;
      this.#taken.delete(rowId);
      this.#feed.tried(task);
      if (begun === 'closed' && allowDirectLinks !== true) return null;
    }
  }

  /** Waits for a turn. @returns `later` where its host is paused, `closed` where one that all wait for stays so, or `gone` */
  async #atHost(given: Task): Promise<Begun | 'later' | 'closed' | 'gone'> {
    const { hosts, options, board, gate } = this.#run;
    const { closings } = gate;
    for (let task = given; ;) {
      await gate.whenOpen(options.signal);
      const main = mainHost(task, options);
      if (!task.needsHost) return { task, main, turn: null };
      const isOwn = isOwnHost(main);
      const work = task.row.context.rowId;
      const turn = await this.#lineOf(main).within(() =>
        hosts.host(main).enter({ signal: options.signal, work, pauses: isOwn ? 'wait' : 'leave' }),
      );
      if (turn === null) {
        // The download is pending and lost no attempt. A host of one row is no reason to hold up those of other hosts.
        if (!isOwn && board.of(main)?.waits === true) this.#feed.park(given, main);
        return isOwn ? 'closed' : 'later';
      }
      if (!gate.isOpen) {
        // The run was paused meanwhile: the turn is given back.
        await turn.left();
        continue;
      }
      const asItIsNow = await this.#asItIsNow(task, gate.closings !== closings).catch(
        async (error: unknown) => {
          await turn.left();
          throw error;
        },
      );
      if (asItIsNow === task) return { task, main, turn };
      await turn.left();
      if (asItIsNow === null) return 'gone';
      task = asItIsNow;
    }
  }

  #lineOf(host: string): Places {
    const line = this.#lines.get(host) ?? new Places(1);
    this.#lines.set(host, line);
    return line;
  }

  async #work({ task, main, turn }: Begun): Promise<void> {
    try {
      await this.#try(task, main, turn);
    } catch (error) {
      if (turn?.lost.aborted !== true || this.#run.options.signal?.aborted === true || !isAbort(error))
        throw error;
      // This process was stopped or cut off for so long that others have its places: it is fetched in a turn of its own once more.
      this.#feed.retry(task, 0);
    } finally {
      await turn?.left();
      this.#taken.delete(task.row.context.rowId);
      this.#feed.tried(task);
    }
  }

  async #try(task: Task, main: string, turn: Turn | null): Promise<void> {
    const { hosts, board, tally, options } = this.#run;
    const { rowId } = task.row.context;
    const before = this.#waiting.get(rowId)?.end.failure?.status ?? task.before;
    let waitsFor: string | null = null;
    const end = await attempt(
      {
        ...this.#run,
        hosts: lendTurns(hosts, turn === null ? [] : [turn]),
        options: { ...options, signal: this.#signalIn(turn) },
      },
      task,
      before,
      async (outcome, result) => {
        const verdict = hostVerdict(result, outcome, main, (host) => board.of(host));
        ({ waitsFor } = verdict);
        if (waitsFor !== null || !isUnreadRefresh(task, outcome, result)) return verdict.outcome;
        this.#run.note(`its list could not be read anew: ${outcome.message ?? ''}`, rowId);
        return { ...COMPLETED, scope: outcome.scope };
      },
    );
    tally.arrived(task.downloadType, end.result);
    this.#gate.heed(end.failure?.cause ?? null);
    const { failure } = end;
    const goesOn =
      failure !== null &&
      (waitsFor === null
        ? this.#retriesLater(task, end, failure)
        : this.#waitsFor(task, end, failure, waitsFor));
    if (!goesOn) this.#report(task, end);
  }

  /**
   * The signal that ends what goes on in a turn. Downloads share it: each combination of two signals is a web of weak references that
   * the collector goes through until it is gone, which cost 7 MB at a thousand downloads a second.
   */
  #signalIn(turn: Turn | null): AbortSignal | undefined {
    const { signal } = this.#run.options;
    if (turn === null || signal === undefined) return turn?.lost ?? signal;
    if (this.#ofLost?.lost !== turn.lost)
      this.#ofLost = { lost: turn.lost, either: AbortSignal.any([signal, turn.lost]) };
    return this.#ofLost.either;
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
   * A download that waited may have got another link meanwhile, or none: null where it is no longer this one. What was not
   * tried yet is tried with the link that it has now.
   * @param wasPaused whether the run was paused since the download was taken
   */
  async #asItIsNow(task: Task, wasPaused: boolean): Promise<Task | null> {
    const { tracker, options } = this.#run;
    const { downloadType, link } = task;
    const { rowId } = task.row.context;
    const wasTried = this.#waiting.has(rowId);
    if (!wasPaused && !wasTried && task.edits === tracker.foreignEdits) return task;
    await using snapshot = await tracker.snapshot();
    const position = snapshot.index.findRow(rowId);
    const row = position < 0 ? null : await snapshot.readRow(position);
    const now = row?.links[downloadType] ?? '';
    if (now === link) return task;
    this.#waiting.delete(rowId);
    if (row === null || now === '' || wasTried) return null;
    const needsHost = targetsOf(row, downloadType, options).error === null;
    const { foreignEdits: edits } = tracker;
    return { ...task, row, link: now, before: 'pending', needsHost, refreshes: false, edits };
  }

  /** Has a failed download tried again in this run, where its cause and its attempts allow that. */
  #retriesLater(task: Task, end: AttemptEnd, failure: Failure): boolean {
    const { errors, options, tally } = this.#run;
    const { downloadType, link } = task;
    const { rowId } = task.row.context;
    const { attempts } = end;
    const tries = this.#waitingOf(task).tries + 1;
    const seconds = nextTry(errors, { rowId, downloadType, link, attempts, tries }, failure, options);
    if (seconds === null) return false;
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

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

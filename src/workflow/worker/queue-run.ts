import type { HostPause } from '../../hosts/index.ts';
import type { StoredCsv } from '../../ledger/index.ts';
import type { DownloadJob, Queue, QueueCounts } from '../../queue/index.ts';
import type { DownloadType } from '../../row/index.ts';
import { limitOf } from '../planning/decide.ts';
import { DEFAULTS } from '../options.ts';
import type { RunContext } from '../run-context.ts';
import { iterateTasks } from '../planning/tasks.ts';
import type { Follower } from './follower.ts';
import { runSays } from './job-options.ts';
import { jobOf } from './job-task.ts';
import type { Worker } from './worker.ts';

/** Jobs that are added at a time. */
const BATCH = 1000;
/**
 * Between two looks at what became of them (milliseconds): ten times what the last one took, within these limits. A look at a store that
 * was cut off takes until it is back.
 */
const LOOK_MS = { least: 250, most: 10_000 } as const;
const LOOK_FACTOR = 10;

export interface QueueRunParts {
  readonly queue: Queue;
  readonly csv: StoredCsv;
  readonly follower: Follower;
  readonly types: readonly DownloadType[];
  /** Records what came into the dead letter as failed. */
  readonly recordDead: () => Promise<unknown>;
  /** The pause of the host that nearly all of a type wait for, or null. */
  readonly pauseOf: (type: DownloadType) => Promise<HostPause | null>;
}

/** A run's part in the work that it shares: it adds jobs, sees what becomes of them, and says when nothing is left. */
export class QueueRun {
  readonly #run: RunContext;
  readonly #parts: QueueRunParts;
  /** Edits of a person by the time the jobs were made. */
  #edits = 0;

  constructor(run: RunContext, parts: QueueRunParts) {
    this.#run = run;
    this.#parts = parts;
  }

  /**
   * Until nothing is left that this run waits for, or it is stopped.
   * @param worker that works along; null where others do everything
   */
  async work(worker: Worker | null): Promise<void> {
    const { signal } = this.#run.options;
    const over = new AbortController();
    const stop = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
    let failure: { readonly error: unknown } | null = null;
    const working = worker?.work(stop).catch((error: unknown) => {
      failure = { error };
      over.abort();
    });
    try {
      await this.#add(stop);
      await this.#follow(stop);
    } catch (error) {
      if (!stop.aborted) failure ??= { error };
    } finally {
      over.abort();
      await working;
    }
    const { follower } = this.#parts;
    await follower.look();
    follower.giveUpWaiting();
    const failed = failure as { readonly error: unknown } | null;
    if (failed !== null) throw failed.error;
  }

  async #follow(stop: AbortSignal): Promise<void> {
    const { clock, tracker, pacer } = this.#run;
    const { follower, queue, csv } = this.#parts;
    while (!stop.aborted) {
      const start = clock.now();
      const news = await follower.look();
      // Edits are met where the CSV is looked at, also while no worker records anything.
      pacer.poke();
      if (tracker.foreignEdits !== this.#edits && !this.#isLimited()) {
        // What is still to be tried is made of the rows as they are now.
        await queue.withdraw(csv.key, { untriedOnly: true });
        await this.#add(stop);
      } else if (news === 0 && (await this.#isOver())) {
        // Somebody may have reset rows meanwhile, or a job of before was about another link.
        if (this.#isLimited() || (await this.#add(stop)) === 0) return;
      }
      const rest = Math.min(Math.max(LOOK_MS.least, (clock.now() - start) * LOOK_FACTOR), LOOK_MS.most);
      await clock.sleep(rest, stop).catch(() => {});
    }
  }

  /** Whether nothing is left that this run waits for. */
  async #isOver(): Promise<boolean> {
    const { queue, csv, types, pauseOf, recordDead } = this.#parts;
    const { options } = this.#run;
    const maxWait = options.maxWait ?? DEFAULTS.maxWait;
    for (const type of types) {
      const counts = await queue.counts(csv.key, type);
      // Nobody else may be there to tell of it.
      if (counts.dead > 0) await recordDead();
      if (counts.active > 0 || counts.dead > 0) return false;
      const pause = counts.waiting > 0 ? await pauseOf(type) : null;
      if (counts.waiting > 0 && pause?.waits !== false) return false;
      if (isDueWithin(counts, maxWait)) return false;
    }
    return true;
  }

  #isLimited(): boolean {
    return this.#parts.types.some((type) => limitOf(type, this.#run.options) < Infinity);
  }

  /** Adds what is due and was not begun by this run. @returns how many jobs are new */
  async #add(stop: AbortSignal): Promise<number> {
    this.#edits = this.#run.tracker.foreignEdits;
    let added = 0;
    for (const type of this.#parts.types) added += await this.#addOf(type, stop);
    return added;
  }

  async #addOf(downloadType: DownloadType, stop: AbortSignal): Promise<number> {
    const { tracker, options, runId, clock, tally } = this.#run;
    const { queue, csv, follower } = this.#parts;
    const says = runSays(options);
    const now = () => new Date(clock.now());
    const limit = limitOf(downloadType, options) - tally.of(downloadType).tried;
    const tasks = iterateTasks({ tracker, downloadType, options, now, runId, limit });
    let jobs: DownloadJob[] = [];
    let added = 0;
    const put = async () => {
      added += await queue.enqueue(jobs);
      jobs = [];
      await follower.look();
    };
    for await (const task of tasks) {
      if (stop.aborted) return added;
      follower.expect(task);
      jobs.push(jobOf(task, csv.key, runId, says));
      if (jobs.length === BATCH) await put();
    }
    if (jobs.length > 0) await put();
    return added;
  }
}

/** Whether a job that is put off may be taken again within a time. Pure. @param milliseconds that a run waits at most */
function isDueWithin({ delayed, nextInSeconds }: QueueCounts, milliseconds: number): boolean {
  return delayed > 0 && (nextInSeconds ?? 0) * 1000 <= milliseconds;
}

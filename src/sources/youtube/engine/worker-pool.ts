import { setTimeout as sleep } from 'node:timers/promises';
import type { Interpreter } from './interpreter.ts';
import type { YtDlpEnd, YtDlpJob } from './job.ts';
import { Worker } from './worker.ts';

export interface PoolLimits {
  /** Milliseconds that a worker may take to import yt_dlp: a cold disk and a zip application are slow. */
  readonly startMs: number;
  /** Milliseconds without work after which a worker ends. */
  readonly idleMs: number;
  /** Bytes of memory above which a worker is replaced after its job. */
  readonly mostMemory: number;
  /** Workers in a row that may be lost, at their start or in a job, before the pool is given up. */
  readonly mostLost: number;
}

const LIMITS: PoolLimits = { startMs: 60_000, idleMs: 10_000, mostMemory: 400 << 20, mostLost: 3 };

/** Which yt-dlp a pool runs, and with what its processes start. */
export interface PoolOptions {
  readonly interpreter: Interpreter;
  /** The version that the program tells: what is imported has to be the same. */
  readonly version: string;
  /** The environment of a worker until its first job. */
  readonly env: Readonly<Record<string, string>>;
  readonly limits?: Partial<PoolLimits>;
}

/** Milliseconds that a job waits at most for a worker that comes free. */
const MOST_PATIENCE = 2000;

/** A job that has no worker yet. */
interface Waiter {
  /** When it began to wait, by `performance.now()`. */
  readonly since: number;
  readonly settle: (worker: Worker | null) => void;
}

/**
 * Workers of one yt-dlp, at most as many as there are jobs at once. They start one after the other, with the first job and then
 * whenever a job has waited for a worker as long as the start of one takes: short jobs share a few workers, and long ones have
 * one each. The one that worked last is taken first, and they end when they are not needed. A worker that dies, hangs, prints
 * what it should not or grows is replaced.
 */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #limits: PoolLimits;
  readonly #idle: { readonly worker: Worker; readonly timer: NodeJS.Timeout }[] = [];
  readonly #queue: Waiter[] = [];
  /** Workers that have a job. */
  #busy = 0;
  #recruiting = false;
  /** Milliseconds that the last start took. */
  #startTook = 0;
  #lost = 0;
  #usable = true;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
  }

  /** Whether yt_dlp can be imported at all, as far as is known. */
  get isUsable(): boolean {
    return this.#usable;
  }

  /** Workers that wait for a job. */
  get waiting(): readonly Worker[] {
    return this.#idle.map(({ worker }) => worker);
  }

  /**
   * Runs a job in a worker.
   * @returns null when no worker could do it: it is to be done in another way
   * @throws the signal's reason on abort, when nothing of the job runs any more
   */
  async run(job: YtDlpJob): Promise<YtDlpEnd | null> {
    job.signal?.throwIfAborted();
    if (!this.#usable) return null;
    const worker = this.#take() ?? (await this.#wait(job.signal));
    if (worker === null) return null;
    try {
      const end = await worker.run(job);
      if (end === null) this.#lose();
      else this.#lost = 0;
      return end;
    } finally {
      this.#busy -= 1;
      if (worker.memory > this.#limits.mostMemory) await worker.stop();
      else if (!worker.isGone) this.#giveBack(worker);
    }
  }

  /** Ends the workers that have nothing to do, and waits for that; the others go on. */
  async endIdle(): Promise<void> {
    const idle = this.#idle.splice(0);
    for (const { timer } of idle) clearTimeout(timer);
    await Promise.all(idle.map(({ worker }) => worker.stop()));
  }

  #take(): Worker | null {
    for (;;) {
      const last = this.#idle.pop();
      if (last === undefined) return null;
      clearTimeout(last.timer);
      if (last.worker.isGone) continue;
      this.#busy += 1;
      return last.worker;
    }
  }

  /** @throws the signal's reason on abort */
  async #wait(signal: AbortSignal | undefined): Promise<Worker | null> {
    const { promise, resolve: settle, reject } = Promise.withResolvers<Worker | null>();
    const waiter = { since: performance.now(), settle };
    const cancel = () => {
      const at = this.#queue.indexOf(waiter);
      if (at === -1) return;
      this.#queue.splice(at, 1);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    this.#queue.push(waiter);
    if (!this.#recruiting) void this.#recruit();
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Starts workers, one after the other, as long as jobs wait too long. */
  async #recruit(): Promise<void> {
    this.#recruiting = true;
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      const patience = this.#busy === 0 ? 0 : Math.min(this.#startTook, MOST_PATIENCE);
      const left = first.since + patience - performance.now();
      if (left > 0) {
        await sleep(left);
        continue;
      }
      const worker = this.#usable ? await this.#start() : null;
      if (worker === null) this.#queue.shift()?.settle(null);
      else this.#giveBack(worker);
    }
    this.#recruiting = false;
  }

  async #start(): Promise<Worker | null> {
    const { interpreter, version, env } = this.#options;
    const { startMs } = this.#limits;
    const begun = performance.now();
    const worker = await Worker.start(interpreter, { version, env, startMs });
    this.#startTook = performance.now() - begun;
    if (worker === 'foreign') this.#usable = false;
    if (worker === 'lost') this.#lose();
    return worker instanceof Worker ? worker : null;
  }

  #lose(): void {
    this.#lost += 1;
    if (this.#lost >= this.#limits.mostLost) this.#usable = false;
  }

  #giveBack(worker: Worker): void {
    const waiter = this.#queue.shift();
    if (waiter !== undefined) {
      this.#busy += 1;
      waiter.settle(worker);
      return;
    }
    const timer = setTimeout(() => {
      const at = this.#idle.findIndex((entry) => entry.worker === worker);
      if (at !== -1) this.#idle.splice(at, 1);
      void worker.stop();
    }, this.#limits.idleMs);
    timer.unref();
    this.#idle.push({ worker, timer });
  }
}

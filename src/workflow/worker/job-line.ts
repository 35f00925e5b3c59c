import type { Clock } from '../../hosts/index.ts';
import type { Queue, TakenJob } from '../../queue/index.ts';
import type { DownloadType } from '../../row/index.ts';
import { Places } from '../pacing/places.ts';
import type { HeldJobs } from './held-jobs.ts';

/** Between two looks for a job where there was none (milliseconds). */
const REST_MS = 500;
/** The longest a pause of the host is slept through without a look whether it still lasts (milliseconds). */
const LOOK_MS = 5000;

export interface JobLineOptions {
  readonly queue: Queue;
  readonly downloadType: DownloadType;
  /** The key of the CSV whose jobs are taken; without one those of all. */
  readonly csv?: string | undefined;
  /** Jobs that are taken at a time, at most: those that wait here are nobody else's. */
  readonly most: number;
  readonly held: HeldJobs;
  readonly clock: Clock;
  /** Milliseconds for which the host that nearly all wait for stays closed: 0 when it may be asked. Until then none is taken. */
  readonly closedFor: () => Promise<number>;
}

/** The jobs of a download type, one for each who asks. */
export class JobLine {
  readonly #options: JobLineOptions;
  readonly #looks = new Places(1);
  readonly #taken: TakenJob[] = [];
  #foundNone = false;

  constructor(options: JobLineOptions) {
    this.#options = options;
  }

  /** Waits for a job. @throws the signal's reason when that fires before */
  async next(signal: AbortSignal): Promise<TakenJob> {
    for (;;) {
      signal.throwIfAborted();
      const job = this.#taken.shift();
      if (job !== undefined) return job;
      await this.#looks.within(() => this.#look(signal));
    }
  }

  /** Whether the last look found nothing. */
  get isIdle(): boolean {
    return this.#foundNone && this.#taken.length === 0;
  }

  /** What was taken and nobody has asked for; it is taken from here. */
  rest(): readonly TakenJob[] {
    return this.#taken.splice(0);
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { queue, downloadType, csv, most, held, clock, closedFor } = this.#options;
    signal.throwIfAborted();
    if (this.#taken.length > 0) return;
    const closed = await closedFor();
    const found = closed > 0 ? [] : await queue.take(downloadType, most, csv);
    held.hold(found);
    this.#taken.push(...found);
    this.#foundNone = found.length === 0;
    if (found.length === 0) await clock.sleep(Math.min(Math.max(closed, REST_MS), LOOK_MS), signal);
  }
}

import { JobLostError, type Queue, type TakenJob } from '../../queue/index.ts';

/** Signs of life in the time of a lease: two may go missing. */
const BEATS = 3;

/**
 * The jobs that this process has, from their taking to their end: their leases are renewed, and whoever works on one that was given to
 * another is told. Keeps no process alive.
 */
export class HeldJobs {
  readonly #queue: Queue;
  readonly #held = new Map<string, { readonly job: TakenJob; readonly lost: AbortController }>();
  #timer: NodeJS.Timeout | null = null;
  #beating: Promise<void> | null = null;

  constructor(queue: Queue) {
    this.#queue = queue;
  }

  hold(jobs: readonly TakenJob[]): void {
    for (const job of jobs) {
      this.#held.set(job.id, { job, lost: new AbortController() });
      this.#timer ??= setInterval(() => this.#beat(), (job.leaseSeconds * 1000) / BEATS).unref();
    }
  }

  /** Aborted when the job is not ours any more. */
  lost({ id }: TakenJob): AbortSignal {
    return this.#held.get(id)?.lost.signal ?? AbortSignal.abort(new JobLostError([id]));
  }

  /** It is over, or given back. */
  end({ id }: TakenJob): void {
    this.#held.delete(id);
  }

  get count(): number {
    return this.#held.size;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer ?? undefined);
    this.#timer = null;
    await this.#beating;
  }

  #beat(): void {
    this.#beating ??= this.#touch().finally(() => (this.#beating = null));
  }

  /** A store that is away says nothing of whose a job is: what is given away meanwhile is refused when its result comes. */
  async #touch(): Promise<void> {
    const jobs = Array.from(this.#held.values(), ({ job }) => job);
    if (jobs.length === 0) return;
    const lost = await this.#queue.touch(jobs).catch(() => []);
    // One that ended while it was asked for is lost to nobody.
    for (const id of lost) this.#held.get(id)?.lost.abort(new JobLostError([id]));
  }
}

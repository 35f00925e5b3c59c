import { outputAt } from '../../files/index.ts';
import type { HostPause } from '../../hosts/index.ts';
import type { DownloadType } from '../../row/index.ts';
import { endIdleWorkers } from '../../sources/index.ts';
import { ownHost } from '../attempt/main-host.ts';
import { DEFAULTS } from '../options.ts';
import { DOWNLOADS_A_PLACE } from '../pacing/places.ts';
import { WorkGroup } from '../work-group.ts';
import { recordDeadJobs } from './dead-jobs.ts';
import { JobLine } from './job-line.ts';
import { JobWork } from './job-work.ts';
import type { WorkerParts } from './worker-parts.ts';

/** Looks for dead letters in the time of a lease. */
const LOOKS_IN_A_LEASE = 4;

export interface WorkerScope {
  readonly types: readonly DownloadType[];
  /** The key of the CSV whose jobs are taken; without one those of all. */
  readonly csv?: string | undefined;
  /** Seconds of a lease. */
  readonly leaseSeconds: number;
}

/** Takes jobs from the queue and works them off, each download type by itself: one host's trouble does not hold up the other. */
export class Worker {
  readonly #parts: WorkerParts;
  readonly #scope: WorkerScope;
  readonly #lines: readonly JobLine[];

  constructor(parts: WorkerParts, scope: WorkerScope) {
    this.#parts = parts;
    this.#scope = scope;
    const { queue, held, clock, options } = parts;
    this.#lines = scope.types.map(
      (downloadType) =>
        new JobLine({
          queue,
          downloadType,
          csv: scope.csv,
          most: options.concurrency ?? DEFAULTS.concurrency,
          held,
          clock,
          closedFor: () => this.#closedFor(downloadType),
        }),
    );
  }

  /** Whether it has no job, and found none when it looked. */
  get isIdle(): boolean {
    return this.#parts.held.count === 0 && this.#lines.every((line) => line.isIdle);
  }

  /** The pause of the host that nearly all of a type wait for, or null. */
  pauseOf(type: DownloadType): Promise<HostPause | null> {
    const { hosts, options } = this.#parts;
    return hosts.host(ownHost(type, options)).pause();
  }

  /**
   * Works until it is stopped. What was taken and not begun is given back; what goes on ends by itself, or with the signal of the options.
   * @throws what no job is to blame for; everything has ended then
   */
  async work(stop: AbortSignal): Promise<void> {
    const group = new WorkGroup(stop);
    await group.all([
      ...this.#lines.map((line, at) => this.#workOff(line, this.#scope.types[at], group.signal)),
      this.#lookForDead(group.signal),
    ]);
  }

  async #workOff(line: JobLine, type: DownloadType | undefined, stop: AbortSignal): Promise<void> {
    if (type === undefined) return;
    const { options, folders, held, queue } = this.#parts;
    const work = new JobWork(this.#parts);
    const release = type === 'drive' ? await outputAt(folders[type]).holdSmallFiles() : null;
    const places = (options.concurrency ?? DEFAULTS.concurrency) * DOWNLOADS_A_PLACE[type];
    const workers = new WorkGroup(stop);
    try {
      await workers.all(Array.from({ length: places }, () => work.work(line, workers.signal)));
    } finally {
      const rest = line.rest();
      // Where the store is away their leases end by themselves.
      await queue.giveBack(rest).catch(() => {});
      for (const job of rest) held.end(job);
      await release?.();
      if (type === 'youtube') await endIdleWorkers();
    }
  }

  /** Milliseconds for which the host stays closed that nearly all of a type wait for. */
  async #closedFor(type: DownloadType): Promise<number> {
    const pause = await this.pauseOf(type);
    return pause === null ? 0 : Math.max(pause.until.getTime() - this.#parts.clock.now(), 0);
  }

  async #lookForDead(stop: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    while (!stop.aborted) {
      // Where the store is away, those who work say so.
      await recordDeadJobs(this.#parts).catch(() => {});
      await clock.sleep((this.#scope.leaseSeconds * 1000) / LOOKS_IN_A_LEASE, stop).catch(() => {});
    }
  }
}

import type { Job, JobWithMetadata, PgBoss } from 'pg-boss';
import type { Asking, Store } from '../ledger/index.ts';
import type { DownloadType } from '../row/index.ts';
import { countJobs } from './counts.ts';
import { fromJobData, type JobData, singletonKey, toJobData } from './job-format.ts';
import { giveBackTo } from './give-back.ts';
import { releaseOfRun, takeOfCsv, type TakenRow, withdrawOf } from './jobs-of-run.ts';
import { JobLostError } from './job-lost-error.ts';
import type { DeadJob, DownloadJob, EnqueueOptions, Queue, QueueCounts, TakenJob } from './queue.ts';
import { Supervision } from './supervision.ts';
import { openTables, over, type QueueName, TEN_YEARS_S } from './tables.ts';

/** Jobs that are added in one statement: their JSON holds the event loop for a few milliseconds. */
const MOST_TOGETHER = 1000;
/** Without a sign of life for so long a worker counts as lost (seconds). */
const LEASE_S = 60;
/** Looks for what has expired, in a lease. */
const LOOKS_IN_A_LEASE = 4;

export interface QueueOptions {
  /** Whole seconds for which a taken job is its taker's without a sign of life (default 60). It goes with the jobs that are enqueued here. */
  readonly leaseSeconds?: number | undefined;
}

/**
 * Opens the queue of a store, and makes its tables where there are none. While it is open, this process also puts back what lost its
 * worker. Nothing of it keeps the process alive while nothing is asked.
 * @throws RowtrailError `usage` where the library is missing, with the command that installs it; `ledger_newer`; `store_unreachable`
 */
export async function openQueue(store: Store, { leaseSeconds = LEASE_S }: QueueOptions = {}): Promise<Queue> {
  const passSeconds = Math.max(1, leaseSeconds / LOOKS_IN_A_LEASE);
  const boss = await openTables(store, passSeconds);
  return new StoreQueue(store, boss, new Supervision(boss, store, leaseSeconds, passSeconds), leaseSeconds);
}

class StoreQueue implements Queue {
  readonly #store: Store;
  readonly #boss: PgBoss;
  readonly #supervision: Supervision;
  readonly #leaseSeconds: number;

  constructor(store: Store, boss: PgBoss, supervision: Supervision, leaseSeconds: number) {
    this.#store = store;
    this.#boss = boss;
    this.#supervision = supervision;
    this.#leaseSeconds = leaseSeconds;
  }

  async enqueue(jobs: readonly DownloadJob[], options: EnqueueOptions = {}): Promise<number> {
    let added = 0;
    for (let at = 0; at < jobs.length; at += MOST_TOGETHER)
      added += await this.enqueueIn(this.#store, jobs.slice(at, at + MOST_TOGETHER), options);
    return added;
  }

  async enqueueIn(
    ask: Asking,
    jobs: readonly DownloadJob[],
    { startAfter = 0 }: EnqueueOptions = {},
  ): Promise<number> {
    let added = 0;
    for (const [name, own] of Map.groupBy(jobs, ({ downloadType }) => downloadType)) {
      const given = own.map((job) => ({
        data: toJobData(job),
        singletonKey: singletonKey(job),
        startAfter: String(startAfter),
        heartbeatSeconds: this.#leaseSeconds,
        expireInSeconds: TEN_YEARS_S,
      }));
      const ids = await this.#boss.insert(name, given, { db: over(ask), returnId: true });
      added += ids?.length ?? 0;
    }
    return added;
  }

  async take(downloadType: DownloadType, most: number, csv?: string): Promise<readonly TakenJob[]> {
    const jobs =
      csv === undefined
        ? await this.#boss.fetch<JobData>(downloadType, { batchSize: most })
        : await takeOfCsv(this.#store, csv, downloadType, most);
    return this.#readable(jobs, downloadType, (job, taken) => ({ ...taken, leaseSeconds: leaseOf(job) }));
  }

  async takeDead(most: number): Promise<readonly DeadJob[]> {
    const jobs = await this.#boss.fetch<JobData>('dead', { batchSize: most, includeMetadata: true });
    return this.#readable(jobs, 'dead', (job, taken) => ({
      ...taken,
      leaseSeconds: leaseOf(job),
      workersLost: (job.sourceRetryCount ?? 0) + 1,
      reason: reasonOf(job),
    }));
  }

  async completeIn(ask: Asking, jobs: readonly TakenJob[]): Promise<void> {
    const lost = await this.#lostAfter(jobs, (name, own) =>
      this.#boss.complete(name, own, undefined, { db: over(ask) }),
    );
    if (lost.length > 0) throw new JobLostError(lost);
  }

  async giveBack(jobs: readonly TakenJob[]): Promise<void> {
    for (const [name, own] of Map.groupBy(jobs, queueOf)) await giveBackTo(this.#store, name, own);
  }

  touch(jobs: readonly TakenJob[]): Promise<readonly string[]> {
    return this.#touchIn(this.#store, jobs);
  }

  releaseOfRun(csv: string): Promise<void> {
    return releaseOfRun(this.#store, csv);
  }

  withdraw(csv: string, { untriedOnly = false } = {}): Promise<number> {
    return withdrawOf(this.#store, csv, untriedOnly);
  }

  counts(csv?: string, downloadType?: DownloadType): Promise<QueueCounts> {
    return countJobs(this.#store, csv, downloadType);
  }

  async close(): Promise<void> {
    await this.#supervision.close();
    await this.#boss.stop({ graceful: false, close: false });
  }

  #touchIn(ask: Asking, jobs: readonly TakenJob[]): Promise<readonly string[]> {
    return this.#lostAfter(jobs, (name, own) => this.#boss.touch(name, own, { db: over(ask) }));
  }

  /** Does something with jobs as their taker. @returns the ids of those that are another's by now, or over */
  async #lostAfter(
    jobs: readonly TakenJob[],
    work: (
      name: QueueName,
      own: { readonly id: string; readonly retryCount: number }[],
    ) => Promise<{ readonly settled?: readonly string[] }>,
  ): Promise<readonly string[]> {
    const lost: string[] = [];
    for (const [name, own] of Map.groupBy(jobs, queueOf)) {
      const names = own.map(({ id, retryCount }) => ({ id, retryCount }));
      const settled = new Set((await work(name, names)).settled);
      lost.push(...own.map(({ id }) => id).filter((id) => !settled.has(id)));
    }
    return lost;
  }

  /** What was taken, as jobs. Where one cannot be read all are given back, so that none waits for its lease to end. */
  async #readable<Given extends Job<JobData> | JobWithMetadata<JobData> | TakenRow, Result>(
    jobs: readonly Given[],
    name: QueueName,
    read: (job: Given, taken: Omit<TakenJob, 'leaseSeconds'>) => Result,
  ): Promise<readonly Result[]> {
    try {
      return jobs.map((job) => {
        const { id, retryCount } = job;
        return read(job, { ...fromJobData(job.data), id, retryCount });
      });
    } catch (error) {
      await giveBackTo(this.#store, name, jobs);
      throw error;
    }
  }
}

function queueOf(job: TakenJob | DeadJob): QueueName {
  return 'workersLost' in job ? 'dead' : job.downloadType;
}

function leaseOf({ heartbeatSeconds }: Pick<Job, 'heartbeatSeconds'> | TakenRow): number {
  return heartbeatSeconds ?? LEASE_S;
}

function reasonOf({ sourceRetryCount, sourceCreatedOn }: JobWithMetadata): string {
  const lost = (sourceRetryCount ?? 0) + 1;
  const since =
    sourceCreatedOn === null || sourceCreatedOn === undefined
      ? ''
      : `, waiting since ${sourceCreatedOn.toISOString()}`;
  return `${lost} workers that had it gave no sign of life any more${since}`;
}

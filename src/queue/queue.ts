import type { Asking } from '../ledger/index.ts';
import type { DownloadType, RowContextFields } from '../row/index.ts';

/** One attempt at one download, for whichever worker takes it. Plain data. */
export interface DownloadJob {
  /** The CSV's key in the store. */
  readonly csv: string;
  /** The row as its CSV has it; `line` is where it stands there, counted from 1. */
  readonly row: RowContextFields & { readonly line: number };
  readonly downloadType: DownloadType;
  /** The link cell. Hostile text. */
  readonly link: string;
  /** The run that asked for it. */
  readonly runId: string;
  /** One item of the download alone; '' or left out for the whole download. */
  readonly item?: string;
  /** What the run says to all workers. Kept with each job, so keep it small. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** A job that is being worked on, by whoever took it and nobody else, for as long as its lease is renewed. */
export interface TakenJob extends DownloadJob {
  /** A UUID; with `retryCount` it names this taking of the job. */
  readonly id: string;
  /** How many workers had it before and were lost. */
  readonly retryCount: number;
  /** Without a sign of life for so many seconds it is given to another. */
  readonly leaseSeconds: number;
}

/** A job that killed as many workers as a job may. */
export interface DeadJob extends TakenJob {
  /** Workers that were lost with it. */
  readonly workersLost: number;
  /** What became of the last of them, as a sentence. */
  readonly reason: string;
}

export interface QueueCounts {
  /** Jobs that a worker may take at once. */
  readonly waiting: number;
  /** Jobs whose time has not come. */
  readonly delayed: number;
  /** Jobs that are being worked on. */
  readonly active: number;
  /** Jobs that killed their workers and wait to be told of. */
  readonly dead: number;
  /** Seconds until the next delayed job may be taken, by the server's clock; null where none is delayed. */
  readonly nextInSeconds: number | null;
}

export interface EnqueueOptions {
  /** Seconds from now, by the server's clock, before which nobody takes them (default 0). */
  readonly startAfter?: number;
}

/**
 * The downloads that workers share, in a store. Of one CSV, row, download type and item one job at most waits or is worked on. A job is
 * done exactly when the transaction commits that completes it; what a crash interrupts comes again. All times are the server's.
 */
export interface Queue {
  /** Adds jobs, a thousand in a transaction. @returns how many are new: one that waits or is worked on already is left as it is */
  enqueue(jobs: readonly DownloadJob[], options?: EnqueueOptions): Promise<number>;
  /** The same within the caller's transaction. The next attempt at a download is enqueued after the job of this one was completed. */
  enqueueIn(ask: Asking, jobs: readonly DownloadJob[], options?: EnqueueOptions): Promise<number>;
  /**
   * Takes the jobs that wait longest; no other taker gets them while their leases are renewed.
   * @param most at least 1
   * @param csv of one CSV only, by its key: for that CSV's run, which holds its run lock
   */
  take(downloadType: DownloadType, most: number, csv?: string): Promise<readonly TakenJob[]>;
  /** Makes available at once what earlier runs of this CSV took and left behind. The caller holds its run lock. */
  releaseOfRun(csv: string): Promise<void>;
  /**
   * Removes the jobs of a CSV that nobody works on.
   * @param untriedOnly leaves those whose options say something of earlier tries (default false)
   * @returns how many that were
   */
  withdraw(csv: string, options?: { readonly untriedOnly?: boolean }): Promise<number>;
  /**
   * Completes jobs within the caller's transaction, so that they are done when its results are recorded, and only then.
   * @throws JobLostError where one is not this taker's any more: let it pass, so that the transaction is rolled back. Of what was lost
   *   nothing was changed; the rest is completed, where the caller goes on without the results of those that it names
   */
  completeIn(ask: Asking, jobs: readonly TakenJob[]): Promise<void>;
  /** Gives back what was taken: at once available again, and no try lost. One that is another's by now is left alone. */
  giveBack(jobs: readonly TakenJob[]): Promise<void>;
  /** Renews leases, at least three times in `leaseSeconds`. @returns the ids of jobs that are not this taker's any more */
  touch(jobs: readonly TakenJob[]): Promise<readonly string[]>;
  /** Takes jobs out of the dead letter, as `take` does; they are completed as others are, with the attempt that tells of it. */
  takeDead(most: number): Promise<readonly DeadJob[]>;
  /** @param csv of one CSV only, by its key; @param downloadType of this one only, but for the dead letters */
  counts(csv?: string, downloadType?: DownloadType): Promise<QueueCounts>;
  /** What was taken stays taken until its lease ends; the store stays open. */
  close(): Promise<void>;
}

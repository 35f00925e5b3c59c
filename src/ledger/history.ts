import type { DownloadKey, DownloadStatus, DownloadType, ItemKind, StoredFile } from '../row/index.ts';

/** What the ledger tells those who watch over it; everything here is for reading, nothing decides what is done next. */
export interface LedgerHistory {
  /**
   * Keeps one sample of how things stand; those older than 30 days before it are removed. One of the same time replaces
   * the other. A loss of power may take the newest ones; a kill does not.
   */
  recordSample(sample: MetricSample): Promise<void>;
  /** The samples from this time on (ISO 8601, UTC), oldest first. */
  samplesSince(at: string): Promise<readonly MetricSample[]>;
  /** Removes the samples before this time (ISO 8601, UTC). @returns how many went */
  dropSamples(before: string): Promise<number>;
  /**
   * What became of attempts, added up as they are recorded, however many there are.
   * @param at ISO 8601, UTC; the whole minute that it lies in counts. Null: all that are known.
   */
  attemptsSince(at: string | null): Promise<Readonly<Record<DownloadType, AttemptTotals>>>;
  /** The attempts that failed last, newest first, at most `limit`. */
  recentErrors(limit: number): Promise<readonly FailedAttempt[]>;
  /** Everything that happened to a row, by download type and generation, oldest first; empty for an unknown row. */
  attemptsOf(rowId: string): Promise<readonly GenerationRecord[]>;
  /** The files that the downloads' present generations list, and their bytes as far as the sizes are known. */
  totals(): Promise<Readonly<Record<DownloadType, FileTotals>>>;
}

/** How a CSV's downloads stood at one moment of a run. Rates are fractions, from 0 to 1. */
export interface MetricSample {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly totalRows: number;
  readonly pending: number;
  readonly completed: number;
  readonly failed: number;
  readonly successRate: number;
  readonly errorRate: number;
  /** Seconds; null when nothing was downloaded. */
  readonly avgDownloadTime: number | null;
  readonly diskUsageBytes: number;
  readonly activeProcesses: number;
  readonly downloadedBytes: number;
}

/** Attempts of one download type, added up. */
export interface AttemptTotals {
  readonly attempts: number;
  readonly completed: number;
  readonly failed: number;
  /** The failed ones, by the key of errors/causes.ts. */
  readonly failedByCause: Readonly<Record<string, number>>;
  readonly failedByCategory: Readonly<Record<string, number>>;
  /** Those that did not come and cost no attempt (status `pending`), by their cause. */
  readonly putOffByCause: Readonly<Record<string, number>>;
  /** Of the completed ones that brought at least one file; null when there are none. */
  readonly averageSeconds: number | null;
  /** Files and bytes that arrived, in attempts of every outcome. */
  readonly files: number;
  readonly bytes: number;
}

export interface FileTotals {
  readonly files: number;
  readonly bytes: number;
}

/** An attempt that failed. */
export interface FailedAttempt extends DownloadKey {
  /** When it ended, ISO 8601. */
  readonly at: string;
  readonly link: string | null;
  readonly cause: string | null;
  readonly category: string | null;
  readonly message: string | null;
  readonly attemptNumber: number;
  readonly runId: string | null;
}

/** One generation of a download, with all that was tried and all that came of it. */
export interface GenerationRecord extends DownloadKey {
  readonly generation: number;
  /** Whether it is the one that counts now. */
  readonly present: boolean;
  readonly attempts: readonly PastAttempt[];
  readonly items: readonly ItemRecord[];
}

export interface PastAttempt {
  readonly number: number;
  readonly link: string | null;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly status: Exclude<DownloadStatus, 'downloading'>;
  readonly cause: string | null;
  readonly category: string | null;
  readonly message: string | null;
  /** The lease under which it was made; null when it took none, or an earlier version recorded it. */
  readonly lease: number | null;
  readonly runId: string | null;
  /** What arrived in it; null when an earlier version recorded it. */
  readonly files: number | null;
  readonly bytes: number | null;
}

export interface ItemRecord {
  readonly kind: ItemKind;
  readonly mediaId: string | null;
  readonly position: number;
  readonly title: string | null;
  readonly sourceUrl: string;
  readonly status: 'completed' | 'failed';
  readonly attempts: number;
  readonly cause: string | null;
  readonly message: string | null;
  readonly notBefore: string | null;
  readonly metadataFile: string | null;
  readonly files: readonly ItemFile[];
}

/** A file of an item; size and hash are null when nobody looked at it. */
export interface ItemFile extends Pick<StoredFile, 'path'> {
  readonly folder: string | null;
  readonly size: number | null;
  readonly sha256: string | null;
}

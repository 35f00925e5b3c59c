import type { DownloadStatus, DownloadType, ItemResult } from '../row/index.ts';
import type { RowIdentity } from './file-records.ts';

/** A status that an attempt ends with: `pending` when it costs no attempt and is to be tried later. */
export interface Outcome {
  readonly status: Exclude<DownloadStatus, 'downloading'>;
  /** A key of errors/causes.ts; null when all is well. */
  readonly cause: string | null;
  readonly category: string | null;
  readonly message: string | null;
  /** No further attempt before a reset, a changed link or new credentials. */
  readonly permanent: boolean;
  /** ISO 8601, or null. */
  readonly notBefore: string | null;
  /** What `completed` covers: a transcript-only run leaves the video to a later full run. */
  readonly scope: DownloadScope;
}

export type DownloadScope = 'full' | 'transcript';

/** One attempt's result, as it is recorded in one transaction. */
export interface AttemptRecord {
  readonly row: RowIdentity;
  readonly downloadType: DownloadType;
  /** The link cell that was worked on; null when the caller does not know it. */
  readonly link: string | null;
  /** The generation that was worked on; a result of an older one goes into the history only. Null: the present one. */
  readonly generation: number | null;
  /**
   * The lease under which it was worked on, from `begin`; the result of a lease that was given away since goes into the
   * history only. Null: the caller took none.
   */
  readonly lease: number | null;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly items: readonly ItemResult[];
  readonly outcome: Outcome;
  /** The download folder's absolute path, to which the items' paths are relative; null when unknown. */
  readonly folder: string | null;
  readonly runId: string | null;
}

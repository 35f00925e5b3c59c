import type { DownloadKey } from '../row/index.ts';

/**
 * A page of statuses, a column for each fact, the same place in each column for the same download: a list of objects
 * would cost several times as much on its way between threads.
 */
export interface StatusPage {
  readonly rowIds: readonly string[];
  /** Places in `DOWNLOAD_TYPES`. */
  readonly downloadTypes: Uint8Array;
  /** Places in `DOWNLOAD_STATUSES`. */
  readonly statuses: Uint8Array;
  /** At most 65,535. */
  readonly attempts: Uint16Array;
  /** `STATUS_PERMANENT`, `STATUS_TRANSCRIPT` and `STATUS_OF_RUN`, added. */
  readonly flags: Uint8Array;
  /** ISO 8601, by place, where there is such a time. */
  readonly notBefore: ReadonlyMap<number, string>;
  /** Where the next page begins; null after the last one. */
  readonly next: DownloadKey | null;
}

/** The lists in which the statuses stand that a CSV does not show, one read after the other. */
export type StatusList = 'open' | 'in_progress' | 'unprojected';

/** Where the next page of these lists begins. */
export interface StatusCursor {
  readonly list: StatusList;
  readonly key?: DownloadKey;
  readonly seq?: number;
}

/** A page of the statuses that a CSV does not show. */
export interface OpenStatusPage extends Omit<StatusPage, 'next'> {
  /** Where the next page begins; null after the last one. */
  readonly next: StatusCursor | null;
}

/** Flags of a status: never to be tried again; its scope is `transcript`; the run that was asked for worked on it last. */
export const STATUS_PERMANENT = 1;
export const STATUS_TRANSCRIPT = 2;
export const STATUS_OF_RUN = 4;

import type { DownloadKey } from '../row/index.ts';
import type { StatusPage } from './status-page.ts';

/**
 * Downloads of rows that changed, as they are now, a column for each fact. Those of one row come together; of a row that the CSV
 * cannot show they are left out, as in a page of statuses.
 */
export interface ChangePage extends Omit<StatusPage, 'next'> {
  /** Keys of errors/causes.ts; null where all is well. */
  readonly causes: readonly (string | null)[];
  /** When the last attempt ended, ISO 8601. */
  readonly lastAttempts: readonly (string | null)[];
  /** What the present generation brought, as its cell lists it. */
  readonly files: readonly (readonly string[])[];
  /** Ask on from here. */
  readonly upTo: number;
  /** Whether more changed than was asked for. */
  readonly more: boolean;
}

/** Why downloads are pending or failed; the same place in each column for the same download. */
export interface CausePage {
  readonly rowIds: readonly string[];
  /** Places in `DOWNLOAD_TYPES`. */
  readonly downloadTypes: Uint8Array;
  readonly causes: readonly string[];
  /** Where the next page begins; null after the last one. */
  readonly next: DownloadKey | null;
}

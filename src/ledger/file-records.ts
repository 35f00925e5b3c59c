import type { DownloadKey, DownloadType, ItemResult } from '../row/index.ts';

/** Who a row is, besides its row_id; kept with each result, so that a result never lands on another person. */
export interface RowIdentity {
  readonly rowId: string;
  readonly type: string;
  readonly name: string;
  readonly email: string;
}

/** One entry of `download_errors`, already safe for a cell. */
export interface ErrorEntry {
  /** ISO 8601. */
  readonly at: string;
  readonly text: string;
}

/** A file in the ledger and the row that it belongs to. */
export interface FileRecord extends RowIdentity, DownloadKey {
  readonly itemKey: string;
  readonly path: string;
  readonly folder: string | null;
  readonly size: number | null;
  readonly sha256: string | null;
}

/** Why a download did not come. */
export interface DownloadReason {
  readonly cause: string | null;
  readonly message: string | null;
  readonly notBefore: string | null;
}

/** A download as the CSV's cells and the sidecars tell it. */
export interface AdoptRecord {
  readonly row: RowIdentity;
  readonly downloadType: DownloadType;
  readonly link: string;
  readonly generation: number;
  readonly status: 'pending' | 'completed' | 'failed';
  readonly attempts: number;
  readonly permanent: boolean;
  /** Why it did not come, where more is known of that than the cells tell. */
  readonly reason?: DownloadReason | undefined;
  readonly lastAttempt: string | null;
  readonly errors: readonly ErrorEntry[];
  readonly items: readonly ItemResult[];
  /** As the cells list them; items that the sidecars know stand besides. */
  readonly mediaIds: readonly string[];
  readonly files: readonly string[];
  readonly folder: string | null;
}

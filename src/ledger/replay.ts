import type { DownloadKey } from '../row/index.ts';
import type { AdoptRecord, RowIdentity } from './file-records.ts';
import type { AttemptRecord } from './attempt-record.ts';

/**
 * What a ledger offers while it is made anew, and at no other time. What was replayed is not believed before `restore` has gone over it:
 * so a ledger is filled apart from the one that is used.
 */
export interface LedgerReplay {
  /** Puts in what logs tell, in this order. Of a row that is not known yet only what the change says of it is known afterwards. */
  replay(changes: readonly LoggedChange[]): Promise<void>;
  /** Says who rows are, and puts what their cells and sidecars tell in the place of what was replayed and does not fit them. */
  restore(rows: readonly RestoredRow[]): Promise<void>;
}

/** A change that a log tells of. */
export type LoggedChange = LoggedAttempt | LoggedReset;

export interface LoggedAttempt {
  readonly kind: 'attempt';
  /** Its generation is null where an earlier version logged it. */
  readonly attempt: AttemptRecord;
  /** Attempts of the generation, this one included where it cost one; null where an earlier version logged it. */
  readonly attempts: number | null;
  /** False for a result that came after it was overtaken. */
  readonly counts: boolean;
  /** How many files it brought, where its items are not known. */
  readonly files: number | null;
}

/** A generation began. */
export interface LoggedReset extends DownloadKey {
  readonly kind: 'reset';
  /** ISO 8601. */
  readonly at: string;
  readonly rowType: string;
  readonly generation: number;
  readonly link: string | null;
}

export interface RestoredRow {
  readonly row: RowIdentity;
  /** Downloads of the row that are as the cells and sidecars tell. */
  readonly told: readonly AdoptRecord[];
}

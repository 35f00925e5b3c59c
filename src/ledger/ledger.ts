import type { DownloadKey, DownloadStatus, DownloadType, ItemKey, TrackingCells } from '../row/index.ts';
import type { AttemptRecord, DownloadScope } from './attempt-record.ts';
import type { CausePage, ChangePage } from './change-page.ts';
import type { LedgerCustody } from './custody.ts';
import type { AdoptRecord, ErrorEntry, FileRecord, RowIdentity } from './file-records.ts';
import type { LedgerHistory } from './history.ts';
import type { LedgerReplay } from './replay.ts';
import type { OpenStatusPage, StatusCursor, StatusPage } from './status-page.ts';

export type { AttemptRecord, DownloadScope, Outcome } from './attempt-record.ts';
export type { AdoptRecord, DownloadReason, ErrorEntry, FileRecord, RowIdentity } from './file-records.ts';

/** The present generation of one download. */
export interface DownloadState extends DownloadKey {
  readonly generation: number;
  /** Grows each time somebody begins to work on it, or it is taken from somebody who died: a fencing number. */
  readonly lease: number;
  /** The row's type as of the last result: a result never goes to a row that has another one. */
  readonly rowType: string;
  readonly link: string | null;
  readonly status: DownloadStatus;
  readonly attempts: number;
  readonly cause: string | null;
  readonly message: string | null;
  readonly permanent: boolean;
  readonly notBefore: string | null;
  readonly scope: DownloadScope;
  readonly lastAttempt: string | null;
  readonly mediaIds: readonly string[];
  readonly files: readonly string[];
  /** The failures of this generation, oldest first, at most ten. */
  readonly errors: readonly ErrorEntry[];
  /** The run that worked on it last, or null. */
  readonly runId: string | null;
}

/** A download that was begun, with what its present generation has already. */
export interface BegunDownload extends DownloadState {
  /** The items that arrived in this generation, in order. */
  readonly done: readonly ItemKey[];
}

/** A row that something happened to: its downloads, and how far the CSV shows them. */
export interface LedgerRow extends RowIdentity {
  readonly downloads: Partial<Readonly<Record<DownloadType, DownloadState>>>;
  /** Changes with each change of the row; `projectedSeq` is the one that the CSV shows. */
  readonly seq: number;
  readonly projectedSeq: number;
  /** The cells that were written last, or null when none were. */
  readonly projected: TrackingCells | null;
  /**
   * Why the row cannot be written (`csv_row_gone`, `type_mismatch`, ...), or null. `type_mismatch_youtube` and
   * `type_mismatch_drive` concern the cells of that download alone.
   */
  readonly blocked: string | null;
}

/** What a write-back put into the CSV for one row (or found there), and the row's `seq` that it shows. */
export interface ProjectedRow {
  readonly rowId: string;
  readonly seq: number;
  readonly cells: TrackingCells | null;
  readonly blocked: string | null;
}

/** Where a CSV file stood when the ledger and it were last brought together (an opaque text of the csv folder's identity). */
export type CsvMark = string;

/** One rewrite of a CSV, for processes that know the file before it. */
export interface CsvStep {
  readonly before: CsvMark;
  readonly after: CsvMark;
  /** What became different; an opaque text of the csv folder. */
  readonly change: string;
}

/**
 * The durable record. Every change survives a kill when its promise resolves; changes that arrive together share a commit.
 * It survives a loss of power as well, except where a method says otherwise: what a later command finds again by itself
 * is on the disk with the next change that is not found again.
 * Implementations: sqlite (one machine), postgres (several).
 */
export interface Ledger extends LedgerHistory, LedgerCustody, LedgerReplay {
  /**
   * Marks a download as being worked on by a run; a link other than before begins a new generation. A loss of power may
   * take this back, lease and generation included, as long as nothing was recorded under them.
   */
  begin(download: BeginRecord, runId: string): Promise<BegunDownload>;
  /** Records one attempt: attempt, items, files, status, in one transaction. Resolves with the download's new state. */
  record(attempt: AttemptRecord): Promise<DownloadState>;
  /** Begins a new generation: pending, no attempts, nothing done. Creates the row where it is unknown. @returns its number */
  reset(row: RowIdentity, downloadType: DownloadType, link: string | null): Promise<number>;
  /**
   * Takes over what a CSV's own cells and sidecars say of downloads that the ledger does not know (it was lost, or an
   * earlier tool wrote them). Known downloads stay as they are.
   */
  adopt(downloads: readonly AdoptRecord[]): Promise<void>;
  /** Gives a row another row_id, with all its history; the new one must be unknown. */
  renameRow(from: string, to: string): Promise<void>;
  /**
   * Downloads left `downloading` by a run that died become pending again, and its lease ends. Resolves with their number.
   * After a loss of power it may have to be done again.
   */
  recover(): Promise<number>;
  /**
   * Says with which credentials downloads of this type are asked for. Where they are others than before, permanent failures of
   * these causes are no longer permanent and count no attempts, and completed downloads with such an item are pending. Resolves
   * with their number.
   * @param credentials tells them apart and nothing else: no secret
   */
  letIn(downloadType: DownloadType, credentials: string, causes: readonly string[]): Promise<number>;
  /** The row_ids that `letIn` would make due; nothing changes. */
  dueWith(
    downloadType: DownloadType,
    credentials: string,
    causes: readonly string[],
  ): Promise<readonly string[]>;
  /**
   * Corrects what the ledger knows of rows after the CSV was read: their link when it was unknown. A loss of power may take
   * it back, together with every later `markProjected`.
   */
  setLinks(links: readonly { readonly key: DownloadKey; readonly link: string }[]): Promise<void>;

  row(rowId: string): Promise<LedgerRow | null>;
  /**
   * Rows in row_id order, after the given one, at most `limit`. Like those of `unprojected` they are meant for the CSV: what is
   * told of them survives a loss of power, so that the CSV never shows what the ledger forgot.
   */
  rowsAfter(rowId: string | null, limit: number): Promise<readonly LedgerRow[]>;
  /**
   * The statuses of all downloads whose row can be written, in the order of row_id and type: those after the given one,
   * at most `limit`. For laying over a CSV of any size.
   * @param runId whose downloads are to be marked with `STATUS_OF_RUN`
   */
  statusesAfter(key: DownloadKey | null, limit: number, runId: string | null): Promise<StatusPage>;
  /**
   * The same without those that a CSV with this mark shows in its own status cells: what is completed for good, and in the CSV.
   * A download may come more than once; the last one counts.
   * @returns null when the ledger is not in step with that file, or is no longer: then only all of them tell
   */
  statusesBeside(
    mark: CsvMark,
    cursor: StatusCursor | null,
    limit: number,
    runId: string | null,
  ): Promise<OpenStatusPage | null>;
  /** The number of the last change of any row, by whichever process; 0 before the first. It only grows. */
  lastChange(): Promise<number>;
  /**
   * What changed after that number, in the order of change, for who follows along: each row once, as it is now, at most `limit` rows.
   * A row that was forgotten or renamed is not told of under its old row_id.
   */
  changesAfter(seq: number, limit: number): Promise<ChangePage>;
  /** Why downloads are pending or failed, where somebody said, in the order of row_id and type: those after the given one. */
  openCausesAfter(key: DownloadKey | null, limit: number): Promise<CausePage>;
  /** Rows whose last change the CSV does not show, in the order of change: those after `seq`, at most `limit`. */
  unprojected(seq: number, limit: number): Promise<readonly LedgerRow[]>;
  /** Files by the last component of their path, exactly. Newest generation first. */
  filesNamed(name: string): Promise<readonly FileRecord[]>;
  filesWithHash(sha256: string): Promise<readonly FileRecord[]>;

  /** Whether `cells` equal any earlier projection of the row, including the cells that were there before the first. */
  wasProjected(rowId: string, cells: TrackingCells): Promise<boolean>;
  /**
   * After a write-back: what the CSV shows now, and where it stands. One transaction. A loss of power may take it back: the
   * next write-back then compares every row again.
   * @param mark null while it stays as it is
   * @param step how the file with this mark was made of the one before, for `stepsFrom`
   */
  markProjected(rows: readonly ProjectedRow[], mark: CsvMark | null, step?: CsvStep | null): Promise<void>;
  /** The rewrites that lead from this file to the present one, as far as they are known; the last few dozen are. */
  stepsFrom(mark: CsvMark): Promise<readonly CsvStep[]>;
  csvMark(): Promise<CsvMark | null>;

  close(): Promise<void>;
}

export interface BeginRecord {
  readonly row: RowIdentity;
  readonly downloadType: DownloadType;
  readonly link: string;
}

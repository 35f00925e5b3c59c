import type { DownloadType, TrackingColumn } from '../row/index.ts';
import type { ColumnMapping } from './column-mapping.ts';
import type { Dialect } from './dialect.ts';
import type { FileIdentity } from './file-identity.ts';
import type { FlagList } from './flag-list.ts';
import type { Header } from './header.ts';
import type { Layout } from './layout.ts';
import { hasLinkOf, isShortOf, isTooLongOf, statusOf, type StatusText } from './row-flags.ts';
import type { RowIds } from './row-ids.ts';
import type { RowStarts } from './row-starts.ts';

/** Lines of one kind: how many, and the physical lines of the first few. */
export interface NotedLines {
  readonly count: number;
  readonly lines: readonly number[];
}

/** How many lines of a kind are named. */
export const NOTED_LINES = 5;

/** Lines that get no downloads, by reason. */
export interface SkippedLines {
  readonly blank: NotedLines;
  /** The row_id begins with `#`. */
  readonly comment: NotedLines;
  readonly repeatedHeader: NotedLines;
  readonly emptyRowId: NotedLines;
  /** Rows longer than the header: they count as rows, but are never written. */
  readonly tooLong: NotedLines;
}

/** Everything an index is made of; the lists hold one entry a row and are shared, never changed. */
export interface IndexParts {
  readonly path: string;
  readonly columns: ColumnMapping;
  readonly identity: FileIdentity;
  readonly header: Header;
  readonly rowIds: RowIds;
  /** Byte offset of each row's first byte. */
  readonly starts: RowStarts;
  /** Physical line of each row. */
  readonly lines: Uint32Array;
  readonly flags: FlagList;
  readonly skipped: SkippedLines;
}

/**
 * What is known of a CSV without keeping it in memory: where each row begins, its row_id, its statuses and whether it
 * has links. About 21 bytes a row, 29 where the row_ids do not ascend. It never changes; a rewrite makes a new one.
 */
export class CsvIndex {
  /** For the other files of this folder. */
  readonly parts: IndexParts;

  constructor(parts: IndexParts) {
    this.parts = parts;
  }

  /** As it was given. */
  get path(): string {
    return this.parts.path;
  }

  /** Of the file whose bytes were read. */
  get identity(): FileIdentity {
    return this.parts.identity;
  }

  get columns(): ColumnMapping {
    return this.parts.columns;
  }

  get dialect(): Dialect {
    return this.parts.header.dialect;
  }

  /** Positions of the columns. */
  get layout(): Layout {
    return this.parts.header.layout;
  }

  /** All header names, decoded and trimmed. */
  get header(): readonly string[] {
    return this.layout.header;
  }

  get headerLine(): number {
    return this.parts.header.line;
  }

  get missingTrackingColumns(): readonly TrackingColumn[] {
    return this.layout.missingTrackingColumns;
  }

  /** Data rows; rows count from 0. */
  get rowCount(): number {
    return this.parts.rowIds.count;
  }

  get skipped(): SkippedLines {
    return this.parts.skipped;
  }

  /** The row_id, trimmed; '' for a row that is not there. */
  rowIdOf(row: number): string {
    return this.parts.rowIds.text(row);
  }

  /** The row with this row_id, or -1. */
  findRow(rowId: string): number {
    return this.parts.rowIds.find(rowId);
  }

  /** Whether both describe the same rows in the same order, one file being made of the other by rewrites of ours. */
  hasRowsOf(other: CsvIndex): boolean {
    return this.parts.rowIds === other.parts.rowIds;
  }

  /** Rows whose links, statuses or shape are others than in a file of the same rows. */
  rowsUnlike(other: CsvIndex): readonly number[] {
    const rows: number[] = [];
    const [flags, before] = [this.parts.flags, other.parts.flags];
    for (let row = 0; row < flags.length; row++) if (flags.at(row) !== before.at(row)) rows.push(row);
    return rows;
  }

  /** Physical line on which the row begins, from 1. */
  lineOf(row: number): number {
    return this.parts.lines[row] ?? 0;
  }

  /** True when the link cell holds something other than a placeholder. */
  hasLink(row: number, type: DownloadType): boolean {
    return hasLinkOf(this.#flags(row), type);
  }

  /** The status cell, trimmed and in lower case; '' also where the column or the cell is missing. */
  status(row: number, type: DownloadType): StatusText {
    return statusOf(this.#flags(row), type);
  }

  /** Fewer cells than the header. */
  isShort(row: number): boolean {
    return isShortOf(this.#flags(row));
  }

  /** More cells than the header: the row is read, never written. */
  isTooLong(row: number): boolean {
    return isTooLongOf(this.#flags(row));
  }

  #flags(row: number): number {
    return this.parts.flags.at(row);
  }
}

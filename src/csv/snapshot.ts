import type { FileHandle } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { fileError } from '../errors/index.ts';
import type { RowContext } from '../row/index.ts';
import { Breather } from './breather.ts';
import { type ColumnMapping, DEFAULT_COLUMNS, sameColumns } from './column-mapping.ts';
import { CsvChangedError } from './csv-changed-error.ts';
import { CsvIndex } from './csv-index.ts';
import { type CsvRow, decodeContext, decodeRow } from './csv-row.ts';
import {
  type FileIdentity,
  readIdentity,
  readOpenIdentityNow,
  sameContent,
  sameIdentity,
} from './file-identity.ts';
import { openFile, ordinaryFile } from './open-file.ts';
import { RawCells } from './raw-cells.ts';
import { type RecordView, RecordWindow } from './record-window.ts';
import { RowIdCheck } from './row-id-check.ts';
import { RepeatedTexts } from './repeated-texts.ts';
import { rewriteCsv, type RewriteOptions } from './rewrite.ts';
import { scanCsv } from './scan.ts';

/** A part of a file: offsets in bytes, `end` not included. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

const [CR, LF] = [0x0d, 0x0a];
const ROW_BYTES = 4 * 1024;
const BLOCK_BYTES = 256 * 1024;
/** Rows that are decoded without a pause. */
const ROWS_PER_SLICE = 256;
/** Rows that are only looked at in the index, in the time of one that is decoded. */
const LOOKS_PER_ROW = 32;

export interface OpenOptions {
  readonly columns?: ColumnMapping;
  /** An index of the same path; it is taken over without a scan when the file is still the one it describes. */
  readonly previous?: CsvIndex | undefined;
  /** What has to stand there: another file is not read. */
  readonly expected?: FileIdentity | null;
  /** Bytes read at a time while scanning and rewriting. */
  readonly chunkBytes?: number;
}

/**
 * One state of a CSV, held open: its rows can be read even when another file has taken its place. A file that was
 * changed in place is noticed, by {@link CsvSnapshot.isCurrent} and by every row that is read.
 */
export class CsvSnapshot {
  readonly index: CsvIndex;
  readonly #handle: FileHandle;
  readonly #chunkBytes: number | undefined;
  readonly #rowIds: RowIdCheck;

  private constructor(handle: FileHandle, index: CsvIndex, chunkBytes: number | undefined) {
    this.#handle = handle;
    this.index = index;
    this.#chunkBytes = chunkBytes;
    this.#rowIds = new RowIdCheck(index);
  }

  /**
   * Opens and scans a CSV (a million rows: about a second, never more than some milliseconds at a time).
   * @throws RowtrailError file_missing, access_denied, or csv_invalid with line and column; CsvChangedError when it was
   *   changed while it was read, or is another file than the expected one. The file is never written.
   */
  static async open(path: string, options: OpenOptions = {}): Promise<CsvSnapshot> {
    const { columns = DEFAULT_COLUMNS, previous, expected = null, chunkBytes } = options;
    const handle = await openFile(path);
    try {
      const identity = ordinaryFile(handle, path);
      if (expected !== null && !sameIdentity(expected, identity)) throw new CsvChangedError(path);
      if (
        previous?.path === path &&
        sameIdentity(previous.identity, identity) &&
        sameColumns(previous.columns, columns)
      ) {
        return new CsvSnapshot(handle, previous, chunkBytes);
      }
      const parts = await scanCsv(handle, Number(identity.size), {
        columns,
        path,
        ...(chunkBytes !== undefined && { chunkBytes }),
      }).finally(() => {
        // What is wrong with a file that is being written need not be wrong with it afterwards.
        if (!sameContent(identity, readOpenIdentityNow(handle))) throw new CsvChangedError(path);
      });
      return new CsvSnapshot(handle, new CsvIndex({ ...parts, identity }), chunkBytes);
    } catch (error) {
      await handle.close();
      throw fileError(error, 'the CSV cannot be read', { file: path });
    }
  }

  /**
   * Reads one row (from 0).
   * @throws RangeError for a row that is not there; CsvChangedError when the file was changed in place
   */
  async readRow(row: number): Promise<CsvRow> {
    return this.#decode(this.#window(ROW_BYTES), row);
  }

  /**
   * Where a row (from 0) stands in the file, its line end included.
   * @throws RangeError for a row that is not there; CsvChangedError when the file was changed in place
   */
  async extentOf(row: number): Promise<Extent> {
    const start = this.index.parts.starts.at(row);
    if (start === undefined) throw new RangeError(`no row ${row} in the CSV`);
    const record = await this.#window(ROW_BYTES).record(start);
    if (record === null || !this.#rowIds.holds(record, row)) throw new CsvChangedError(this.index.path);
    let length = record.spans.contentLength;
    if (record.bytes[record.start + length] === CR) length++;
    if (record.bytes[record.start + length] === LF) length++;
    return { start, end: Math.min(start + length, Number(this.index.identity.size)) };
  }

  /**
   * Reads rows in file order, in large steps: those listed, or those the predicate picks from the index.
   * @throws RangeError for a listed row that is not there; CsvChangedError when the file was changed in place
   */
  async *readRows(
    which: readonly number[] | ((row: number) => boolean),
  ): AsyncGenerator<CsvRow, void, undefined> {
    const breather = new Breather(ROWS_PER_SLICE * LOOKS_PER_ROW);
    const listed = typeof which === 'function' ? null : which.toSorted(ascending);
    const window =
      listed === null
        ? this.#window(BLOCK_BYTES, { sequential: true })
        : this.#window(this.#blockFor(listed));
    const count = listed?.length ?? this.index.rowCount;
    try {
      for (let at = 0; at < count; at++) {
        const row = listed === null ? at : (listed[at] ?? at);
        const isWanted = typeof which !== 'function' || which(row);
        if (isWanted) yield this.#decodeNow(window, row) ?? (await this.#decode(window, row));
        if (breather.step(isWanted ? LOOKS_PER_ROW : 1)) await breather.breathe();
      }
    } finally {
      await window.stop();
    }
  }

  /** Large blocks where the rows stand close together; where they lie far apart, most of a block would be read for nothing. */
  #blockFor(rows: readonly number[]): number {
    const { starts } = this.index.parts;
    const span = (starts.at(rows.at(-1) ?? 0) ?? 0) - (starts.at(rows[0] ?? 0) ?? 0);
    return span / Math.max(rows.length, 1) < 2 * ROW_BYTES
      ? Math.min(span + ROW_BYTES, BLOCK_BYTES)
      : ROW_BYTES;
  }

  /**
   * Reads who the rows are that the predicate picks, in file order, without their links and tracking cells: a list at
   * a time, because a million steps of an iteration cost more than the rows.
   * @throws CsvChangedError when the file was changed in place
   */
  async *readContexts(
    which: (row: number) => boolean,
  ): AsyncGenerator<readonly RowContext[], void, undefined> {
    const { rowId, type, name, email } = this.index.layout;
    const window = this.#window(BLOCK_BYTES, {
      sequential: true,
      enough: Math.max(rowId, type, name, email) + 1,
    });
    try {
      yield* this.#contexts(window, which);
    } finally {
      await window.stop();
    }
  }

  async *#contexts(
    window: RecordWindow,
    which: (row: number) => boolean,
  ): AsyncGenerator<readonly RowContext[], void, undefined> {
    const { layout, parts } = this.index;
    const types = new RepeatedTexts();
    let list: RowContext[] = [];
    for (let row = 0; row < this.index.rowCount; row++) {
      if (row % ROWS_PER_SLICE === ROWS_PER_SLICE - 1) {
        if (list.length > 0) yield list;
        list = [];
        await setImmediate();
      }
      if (!which(row)) continue;
      const start = parts.starts.at(row) ?? 0;
      const record = window.recordNow(start) ?? (await window.record(start));
      if (record === null || !this.#rowIds.holds(record, row)) throw new CsvChangedError(this.index.path);
      list.push(decodeContext(record, layout, row, types));
    }
    if (list.length > 0) yield list;
  }

  /**
   * Shows the raw bytes of some cells of every row, in file order, to who needs millions of them: no text is made.
   * @param columns positions in the layout; -1 for a column that is missing
   * @param see what it is shown is valid until it returns
   * @throws CsvChangedError when the file was changed in place
   */
  async visitCells(columns: readonly number[], see: (row: number, cells: RawCells) => void): Promise<void> {
    const window = this.#window(BLOCK_BYTES, { sequential: true, enough: Math.max(...columns) + 1 });
    try {
      for (let row = 0; row < this.index.rowCount; row++) {
        if (row % ROWS_PER_SLICE === ROWS_PER_SLICE - 1) await setImmediate();
        const start = this.index.parts.starts.at(row) ?? 0;
        const record = window.recordNow(start) ?? (await window.record(start));
        if (record === null || !this.#rowIds.holds(record, row)) throw new CsvChangedError(this.index.path);
        see(row, new RawCells(record, columns));
      }
    } finally {
      await window.stop();
    }
  }

  /** Whether the open file itself is another one than was read: then its rows can no longer be read. */
  isChangedInPlace(): boolean {
    return !sameContent(this.index.identity, readOpenIdentityNow(this.#handle));
  }

  /** True while the path leads to the very file that was read, unchanged. */
  async isCurrent(): Promise<boolean> {
    const current = await readIdentity(this.index.path);
    return current !== null && sameIdentity(current, this.index.identity);
  }

  /**
   * Puts a new file in the CSV's place in which the edited tracking cells differ and nothing else. Edits of rows that are
   * longer than the header are left out ({@link CsvIndex.isTooLong}). This snapshot keeps showing the old file.
   *
   * A crash at any moment leaves the old CSV or the new one, whole. Mode, owner, extended attributes and a symbolic link
   * stay.
   * @returns the new file's index, for {@link CsvSnapshot.open}; the same index when nothing differs
   * @throws CsvChangedError when the CSV is no longer what was read; RowtrailError csv_not_writable, disk_full, type_mismatch
   *   (a type cell would have changed), csv_invalid (columns cannot be added). The CSV is then as it was.
   */
  async rewrite(options: RewriteOptions): Promise<CsvIndex> {
    return rewriteCsv(this.#handle, this.index, {
      ...(this.#chunkBytes !== undefined && { chunkBytes: this.#chunkBytes }),
      ...options,
    });
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #window(
    blockBytes: number,
    reading?: { readonly sequential: boolean; readonly enough?: number },
  ): RecordWindow {
    const { dialect, header } = this.index;
    return new RecordWindow(this.#handle, dialect, header.length, blockBytes, reading);
  }

  /** Undefined when the window has to move first. */
  #decodeNow(window: RecordWindow, row: number): CsvRow | undefined {
    const start = this.index.parts.starts.at(row);
    const record = start === undefined ? undefined : window.recordNow(start);
    return record && this.#decoded(record, row);
  }

  async #decode(window: RecordWindow, row: number): Promise<CsvRow> {
    const start = this.index.parts.starts.at(row);
    if (start === undefined) throw new RangeError(`no row ${row} in the CSV`);
    return this.#decoded(await window.record(start), row);
  }

  #decoded(record: RecordView | null, row: number): CsvRow {
    if (record === null || !this.#rowIds.holds(record, row)) throw new CsvChangedError(this.index.path);
    return decodeRow(record, this.index.layout, row, this.index.lineOf(row));
  }
}

function ascending(one: number, other: number): number {
  return one - other;
}

import { RowtrailError } from '../errors/index.ts';
import { Breather } from './breather.ts';
import { ByteLog } from './byte-log.ts';
import type { CsvIndex } from './csv-index.ts';
import type { ReadableFile } from './file-system.ts';
import type { Layout } from './layout.ts';
import { shown } from './missing-columns.ts';
import { type RecordView, RecordWindow } from './record-window.ts';
import { RowIdCheck } from './row-id-check.ts';
import { RowSet } from './row-set.ts';
import type { RowStarts } from './row-starts.ts';

/** Rows that are compared without a pause. */
const ROWS_PER_SLICE = 2048;
const ROW_BYTES = 4 * 1024;

/**
 * The last look before a rename: the row_id and the type of every touched row are, byte for byte, those that were read.
 * Memory: the type's bytes of each touched row.
 */
export class TypeGuard {
  readonly #index: CsvIndex;
  readonly #layout: Layout;
  readonly #rowIds: RowIdCheck;
  readonly #rows: RowSet;
  readonly #types = new ByteLog();

  constructor(index: CsvIndex) {
    this.#index = index;
    this.#layout = index.layout;
    this.#rowIds = new RowIdCheck(index);
    this.#rows = new RowSet(index.rowCount);
  }

  /** Rows that were touched. */
  get count(): number {
    return this.#rows.size;
  }

  /** Notes a row that will be touched, as it stands in the old file; in file order. */
  note(row: number, { bytes, start, spans }: RecordView): void {
    const { type } = this.#layout;
    const isThere = hasCell(type, spans.cellCount);
    this.#rows.add(row);
    this.#types.add(bytes, isThere ? start + spans.start(type) : 0, isThere ? start + spans.end(type) : 0);
  }

  /**
   * @param starts where each row begins in the new file
   * @param blockBytes read at a time
   * @throws RowtrailError type_mismatch
   */
  async verify(file: ReadableFile, starts: RowStarts, blockBytes: number): Promise<void> {
    const { rowId, type } = this.#layout;
    const enough = Math.max(rowId, type) + 1;
    const lieClose = this.#rows.size * 4 * ROW_BYTES > starts.last;
    const window = new RecordWindow(
      file,
      this.#index.dialect,
      enough,
      lieClose ? blockBytes : Math.min(blockBytes, ROW_BYTES),
      { sequential: lieClose && this.#rows.size > 1, enough },
    );
    const breather = new Breather(ROWS_PER_SLICE);
    this.#types.rewind();
    try {
      for (let row = this.#rows.nextFrom(0); row >= 0; row = this.#rows.nextFrom(row + 1)) {
        if (breather.step()) await breather.breathe();
        const start = starts.at(row) ?? 0;
        const record = window.recordNow(start) ?? (await window.record(start));
        if (record === null || !this.#isAsRead(row, record)) throw this.#mismatch(row);
      }
    } finally {
      await window.stop();
    }
  }

  #isAsRead(row: number, record: RecordView): boolean {
    if (!this.#rowIds.holds(record, row)) return false;
    const { bytes, start, spans } = record;
    const { type } = this.#layout;
    return hasCell(type, spans.cellCount)
      ? this.#types.nextEquals(bytes, start + spans.start(type), start + spans.end(type))
      : this.#types.nextEquals(bytes, 0, 0);
  }

  #mismatch(row: number): RowtrailError {
    const rowId = this.#index.rowIdOf(row);
    return new RowtrailError(
      'type_mismatch',
      `the type of row ${JSON.stringify(shown(rowId))} would have changed; the CSV was left as it is`,
      { file: this.#index.path, line: this.#index.lineOf(row), column: this.#layout.type + 1, rowId },
    );
  }
}

/** A short row has no cell for its type, a CSV without that column none at all. */
function hasCell(column: number, cellCount: number): boolean {
  return column >= 0 && column < cellCount;
}

import type { CsvIndex } from './csv-index.ts';
import { cellText } from './csv-row.ts';
import type { RecordView } from './record-window.ts';
import { PlainCell } from './row-reader.ts';

/** Tells whether a record is still the row that the index says, mostly without making a string of its row_id. */
export class RowIdCheck {
  readonly #index: CsvIndex;
  readonly #cell = new PlainCell();

  constructor(index: CsvIndex) {
    this.#index = index;
  }

  holds(record: RecordView, row: number): boolean {
    const { rowId } = this.#index.layout;
    const { bytes, start, spans } = record;
    if (rowId >= spans.cellCount) return false;
    if (this.#cell.read(bytes, start + spans.start(rowId), start + spans.end(rowId))) {
      return this.#index.parts.rowIds.isAt(row, bytes, this.#cell.start, this.#cell.end);
    }
    return cellText(record, rowId).trim() === this.#index.rowIdOf(row);
  }
}

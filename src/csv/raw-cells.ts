import { decodeCell } from './cell.ts';
import type { RecordView } from './record-window.ts';

/** Some cells of a record as they stand in the file. */
export class RawCells {
  readonly #record: RecordView;
  readonly #columns: readonly number[];

  constructor(record: RecordView, columns: readonly number[]) {
    this.#record = record;
    this.#columns = columns;
  }

  get bytes(): Buffer {
    return this.#record.bytes;
  }

  /** Where the cell begins; the record may have none. @param at place among the columns that were asked for */
  from(at: number): number {
    return this.#has(at) ? this.#record.start + this.#record.spans.start(this.#columns[at] ?? 0) : 0;
  }

  to(at: number): number {
    return this.#has(at) ? this.#record.start + this.#record.spans.end(this.#columns[at] ?? 0) : 0;
  }

  text(at: number): string {
    return decodeCell(this.bytes, this.from(at), this.to(at));
  }

  #has(at: number): boolean {
    const column = this.#columns[at] ?? -1;
    return column >= 0 && column < this.#record.spans.cellCount;
  }
}

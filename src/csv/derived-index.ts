import type { CsvIndex, IndexParts } from './csv-index.ts';
import type { Layout } from './layout.ts';
import { LineShifts } from './line-shifts.ts';

export type DerivedParts = Pick<IndexParts, 'header' | 'starts' | 'flags' | 'lines' | 'skipped'>;

/** The index of a new file while it is written, made from the old one's: nobody has to scan what we wrote ourselves. */
export class DerivedIndex {
  readonly #old: IndexParts;
  /** Where each row begins in the new file. */
  readonly starts: Float64Array;
  readonly flags: Uint16Array;
  readonly shifts = new LineShifts();
  /** Bytes by which the header is longer. */
  headerGrowth = 0;
  #placed = 0;

  constructor({ parts }: CsvIndex) {
    this.#old = parts;
    this.starts = new Float64Array(parts.starts.length);
    this.flags = parts.flags.slice();
  }

  /** Rows before this one that have no place yet lie so many bytes further back than in the old file. */
  placeUntil(row: number, shift: number): void {
    const { starts } = this.#old;
    for (let at = this.#placed; at < row; at++) this.starts[at] = (starts[at] ?? 0) + shift;
    this.#placed = row;
  }

  parts(layout: Layout): DerivedParts {
    const { header, lines, skipped } = this.#old;
    return {
      header: {
        ...header,
        layout,
        contentEnd: header.contentEnd + this.headerGrowth,
        end: header.end + this.headerGrowth,
      },
      starts: this.starts,
      flags: this.flags,
      lines: this.shifts.ofRows(lines),
      skipped: this.shifts.ofNotes(skipped),
    };
  }
}

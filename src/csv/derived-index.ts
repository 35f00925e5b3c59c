import type { CsvIndex, IndexParts } from './csv-index.ts';
import type { Layout } from './layout.ts';
import { LineShifts } from './line-shifts.ts';
import { haveRoomFor, newStarts, type RowStarts } from './row-starts.ts';

export type DerivedParts = Pick<IndexParts, 'header' | 'starts' | 'flags' | 'lines' | 'skipped'>;

/** The index of a new file while it is written, made from the old one's: nobody has to scan what we wrote ourselves. */
export class DerivedIndex {
  readonly #old: IndexParts;
  /** Where each row begins in the new file. */
  starts: RowStarts;
  readonly flags: Uint16Array;
  readonly shifts = new LineShifts();
  /** Bytes by which the header is longer. */
  headerGrowth = 0;
  #placed = 0;

  constructor({ parts }: CsvIndex) {
    this.#old = parts;
    this.starts = newStarts(parts.starts.length, Number(parts.identity.size));
    this.flags = parts.flags.slice();
  }

  /** Rows before this one that have no place yet lie so many bytes further back than in the old file. */
  placeUntil(row: number, shift: number): void {
    const { starts } = this.#old;
    if (!haveRoomFor(this.starts, (starts[row - 1] ?? 0) + shift))
      this.starts = Float64Array.from(this.starts);
    const placed = this.starts;
    for (let at = this.#placed; at < row; at++) placed[at] = (starts[at] ?? 0) + shift;
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

import type { CsvIndex, IndexParts } from './csv-index.ts';
import type { FlagList } from './flag-list.ts';
import type { Layout } from './layout.ts';
import { LineShifts } from './line-shifts.ts';
import { MovedStarts, type RowStarts } from './row-starts.ts';

export type DerivedParts = Pick<IndexParts, 'header' | 'starts' | 'flags' | 'lines' | 'skipped'>;

/** The index of a new file while it is written, made from the old one's: nobody has to scan what we wrote ourselves. */
export class DerivedIndex {
  readonly #old: IndexParts;
  readonly #moved: MovedStarts;
  #starts: RowStarts | null = null;
  readonly flags: FlagList;
  readonly shifts = new LineShifts();
  /** Bytes by which the header is longer. */
  headerGrowth = 0;

  constructor({ parts }: CsvIndex) {
    this.#old = parts;
    this.#moved = new MovedStarts(parts.starts);
    this.flags = parts.flags.copy();
  }

  /** Rows before this one that have no place yet lie so many bytes further back than in the old file. */
  placeUntil(row: number, shift: number): void {
    this.#moved.placeUntil(row, shift);
  }

  /** Where each row begins in the new file, once all of them have a place. */
  get starts(): RowStarts {
    this.#starts ??= this.#moved.finish();
    return this.#starts;
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

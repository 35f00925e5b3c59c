import type { NotedLines, SkippedLines } from './csv-index.ts';

/** How physical lines move when a rewritten cell has more line ends, or fewer, than before. */
export class LineShifts {
  /** Rows and lines from here on move by so many; in file order. */
  readonly #shifts: { readonly row: number; readonly line: number; readonly by: number }[] = [];

  /** @param row first row that moves; @param line first line that moves */
  add(row: number, line: number, by: number): void {
    if (by !== 0) this.#shifts.push({ row, line, by });
  }

  /** The lines of the rows after the shifts. */
  ofRows(lines: Uint32Array): Uint32Array {
    if (this.#shifts.length === 0) return lines;
    const shifted = lines.slice();
    let by = 0;
    let next = 0;
    for (let row = 0; row < shifted.length; row++) {
      for (let shift = this.#shifts[next]; shift?.row === row; shift = this.#shifts[++next]) by += shift.by;
      shifted[row] = (shifted[row] ?? 0) + by;
    }
    return shifted;
  }

  ofNotes(skipped: SkippedLines): SkippedLines {
    if (this.#shifts.length === 0) return skipped;
    const shiftedLine = (line: number) =>
      this.#shifts.reduce((moved, shift) => (line >= shift.line ? moved + shift.by : moved), line);
    const shifted = ({ count, lines }: NotedLines): NotedLines => ({ count, lines: lines.map(shiftedLine) });
    return {
      blank: shifted(skipped.blank),
      comment: shifted(skipped.comment),
      repeatedHeader: shifted(skipped.repeatedHeader),
      emptyRowId: shifted(skipped.emptyRowId),
      tooLong: shifted(skipped.tooLong),
    };
  }
}

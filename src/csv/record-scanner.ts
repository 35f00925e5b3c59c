import { CR, LF, QUOTE } from './bytes.ts';
import type { RecordDialect } from './dialect.ts';

/** A row of this size is no row: a quote was not closed. */
export const MAX_RECORD_BYTES = 64 * 1024 * 1024;

/** A byte in each of four places, to be looked for in four bytes at once. */
const fourOf = (byte: number): number => Math.imul(byte, 0x01010101);
const QUOTES = fourOf(QUOTE);

/** Whether one of four bytes is one of two: a byte that is the wanted one becomes zero, and only zero borrows. */
function hasEither(four: number, one: number, other: number): boolean {
  const a = four ^ one;
  const b = four ^ other;
  return ((((a - 0x01010101) & ~a) | ((b - 0x01010101) & ~b)) & 0x80808080) !== 0;
}

const CELL_START = 0;
const LITERAL = 1;
const QUOTED = 2;
const QUOTE_IN_QUOTED = 3;

/** Where a record's cells are, as offsets from the record's first byte; quotes belong to their cell. */
export interface RecordSpans {
  /** All cells, also those whose place was not kept. */
  readonly cellCount: number;
  /** Length up to the line end. */
  readonly contentLength: number;
  /** Line ends inside quotes. */
  readonly innerLines: number;
  /** Offset of a kept cell's first byte. */
  start(cell: number): number;
  /** Offset behind a kept cell's last byte. */
  end(cell: number): number;
}

/**
 * Finds the end of one record and of its cells; the only place that knows CSV's grammar.
 *
 * A quote opens a quoted cell only as its first byte; text behind the closing quote is a literal part of the cell, as in
 * Excel and pandas, so that one stray quote never swallows the rows below. It resumes where the bytes ran out, so
 * that each byte is looked at once however the file is cut into chunks.
 */
export class RecordScanner implements RecordSpans {
  readonly #delimiter: number;
  readonly #lineEnd: number;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  #consumed = 0;
  #state = CELL_START;
  #complete = true;
  #quoteCell = 0;
  #quoteLines = 0;
  /** Of the cell that is being read, kept or not. */
  #cellStart = 0;
  cellCount = 0;
  contentLength = 0;
  innerLines = 0;

  readonly #enough: number;
  readonly #delimiters: number;
  readonly #lineEnds: number;
  /** Of the bytes that were looked at last. */
  #view: DataView = new DataView(new ArrayBuffer(0));
  #viewed: Uint8Array | null = null;

  /**
   * @param keepCells places of the first so many cells are kept, the others are only counted
   * @param enough cells after which a record counts as read, for a reader that knows where the next one begins
   */
  constructor(dialect: RecordDialect, keepCells: number, enough = Infinity) {
    this.#enough = enough;
    this.#delimiter = dialect.delimiter.charCodeAt(0);
    this.#lineEnd = dialect.lineEnd === 'cr' ? CR : LF;
    this.#delimiters = fourOf(this.#delimiter);
    this.#lineEnds = fourOf(this.#lineEnd);
    this.#starts = new Int32Array(keepCells + 1);
    this.#ends = new Int32Array(keepCells);
  }

  start(cell: number): number {
    return this.#starts[cell] ?? 0;
  }

  end(cell: number): number {
    return this.#ends[cell] ?? 0;
  }

  /** Where the bytes so far ended inside quotes: the cell (from 0) and the line ends before it within the record. */
  get openQuote(): { readonly cell: number; readonly innerLines: number } | null {
    return this.#state === QUOTED && !this.#complete
      ? { cell: this.#quoteCell, innerLines: this.#quoteLines }
      : null;
  }

  /** Forgets a record that was begun. */
  reset(): void {
    this.#complete = true;
  }

  /**
   * Goes on with the record that begins at `from`, or begins it.
   * @param final no bytes follow `to`
   * @returns the offset of the next record, or -1 when the record does not end before `to` (with `final`: there is no
   *   record, or a quote is not closed)
   */
  scan(bytes: Uint8Array, from: number, to: number, final: boolean): number {
    if (this.#complete) {
      this.#complete = false;
      this.#consumed = 0;
      this.#state = CELL_START;
      this.cellCount = 0;
      this.innerLines = 0;
      this.#cellStart = 0;
    }
    const delimiter = this.#delimiter;
    const lineEnd = this.#lineEnd;
    const delimiters = this.#delimiters;
    const lineEnds = this.#lineEnds;
    if (this.#viewed !== bytes) {
      this.#viewed = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const view = this.#view;
    const lastFour = to - 4;
    let state = this.#state;
    let at = from + this.#consumed;
    while (at < to) {
      if (state === CELL_START) {
        if (bytes[at] === QUOTE) {
          this.#quoteCell = this.cellCount;
          this.#quoteLines = this.innerLines;
          state = QUOTED;
          at++;
          continue;
        }
        state = LITERAL;
      } else if (state === QUOTED) {
        for (;;) {
          while (at <= lastFour && !hasEither(view.getInt32(at, true), QUOTES, lineEnds)) at += 4;
          if (at >= to) break;
          const byte = bytes[at];
          if (byte === QUOTE) break;
          if (byte === lineEnd) this.innerLines++;
          at++;
        }
        if (at < to) {
          state = QUOTE_IN_QUOTED;
          at++;
        }
        continue;
      } else if (state === QUOTE_IN_QUOTED) {
        if (bytes[at] === QUOTE) {
          state = QUOTED;
          at++;
          continue;
        }
        state = LITERAL;
      }
      while (at <= lastFour && !hasEither(view.getInt32(at, true), delimiters, lineEnds)) at += 4;
      while (at < to && bytes[at] !== delimiter && bytes[at] !== lineEnd) at++;
      if (at >= to) break;
      const byte = bytes[at];
      if (byte === delimiter) {
        this.#endCell(at - from, at - from + 1);
        at++;
        if (this.cellCount >= this.#enough) {
          this.#complete = true;
          return at;
        }
        state = CELL_START;
        continue;
      }
      if (lineEnd === LF) {
        const withCr = at - from > this.#cellStart && bytes[at - 1] === CR;
        return this.#endRecord(at - from - (withCr ? 1 : 0), at + 1);
      }
      if (at + 1 >= to && !final) break;
      return this.#endRecord(at - from, at + 1 < to && bytes[at + 1] === LF ? at + 2 : at + 1);
    }
    this.#state = state;
    this.#consumed = at - from;
    if (!final || at === from || state === QUOTED) return -1;
    return this.#endRecord(at - from, at);
  }

  #endCell(end: number, nextStart: number): void {
    const cell = this.cellCount++;
    if (cell < this.#ends.length) {
      this.#ends[cell] = end;
      this.#starts[cell + 1] = nextStart;
    }
    this.#cellStart = nextStart;
  }

  #endRecord(contentLength: number, next: number): number {
    this.#endCell(contentLength, contentLength);
    this.contentLength = contentLength;
    this.#complete = true;
    return next;
  }
}

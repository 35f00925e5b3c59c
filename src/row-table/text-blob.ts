import { FIELD_END, FieldTexts } from './field-texts.ts';
import { Needle } from './needle.ts';
import { maskOf, RowSigns } from './row-signs.ts';
import { PIECE_BYTES, TextPieces } from './text-pieces.ts';

/** Bytes of a field that can be found: a cell of a megabyte is no name. */
export const MOST_FIELD_BYTES = 1024;

export interface SearchOptions {
  readonly isAllOrNothing: boolean;
}

/**
 * The texts that rows are searched and sorted by, in lower case, one behind the other in pieces that go to the disk when they are full.
 * In memory it holds twenty bytes a row.
 */
export class TextBlob implements Disposable {
  readonly #pieces: TextPieces;
  readonly #signs: RowSigns;
  /** Where each row's text begins in its piece, which holds it whole. */
  #starts: Uint32Array;
  /** Of each piece. */
  readonly #firstRows: number[] = [];
  readonly #ends: number[] = [];
  /** The one that is being filled. */
  #last: Buffer = NOTHING;
  #used = PIECE_BYTES;
  #count = 0;

  /** @param rows how many there will be, as far as that is known */
  constructor(rows: number, pieces: TextPieces = new TextPieces()) {
    this.#starts = new Uint32Array(rows);
    this.#signs = new RowSigns(rows);
    this.#pieces = pieces;
  }

  /** Rows whose text was begun. */
  get count(): number {
    return this.#count;
  }

  [Symbol.dispose](): void {
    this.#pieces[Symbol.dispose]();
  }

  /** Begins the next row's text. @param fields how many there will be at most */
  beginRow(fields: number): void {
    if (this.#used + fields * (MOST_FIELD_BYTES + 1) > PIECE_BYTES) this.#beginPiece();
    if (this.#count === this.#starts.length) {
      const larger = new Uint32Array(this.#count * 2 + 256);
      larger.set(this.#starts);
      this.#starts = larger;
    }
    this.#starts[this.#count++] = this.#used;
  }

  /** Adds a field that is ASCII. */
  addAscii(bytes: Uint8Array, from: number, to: number): void {
    const into = this.#last;
    const end = Math.min(to, from + MOST_FIELD_BYTES);
    let used = this.#used;
    for (let at = from; at < end; at++) into[used++] = lowered(bytes[at] ?? 0);
    into[used++] = FIELD_END;
    this.#used = used;
  }

  /** Adds any other field. */
  addText(text: string): void {
    // A letter takes three bytes at most, and some grow in lower case.
    const clean = searchable(text.slice(0, MOST_FIELD_BYTES));
    this.#used += this.#last.write(clean, this.#used, MOST_FIELD_BYTES, 'utf8');
    this.#last[this.#used++] = FIELD_END;
  }

  endRow(): void {
    const row = this.#count - 1;
    this.#signs.add(row, this.#last, this.#starts[row] ?? 0, this.#used);
  }

  /**
   * Marks in each row's byte which of the words it holds, the first by its lowest bit.
   * @param words as `searchable` makes them, at most eight, none empty
   * @param marks where a bit is set already, the word is not looked for
   * @param isAllOrNothing a row is looked at no further once it lacks a word
   */
  search(words: readonly string[], marks: Uint8Array, { isAllOrNothing }: SearchOptions): void {
    const wanted = words.map((word, at) => {
      const bytes = Buffer.from(word);
      return { bit: 1 << at, needle: new Needle(bytes), mask: maskOf(bytes) };
    });
    for (const [piece, first] of this.#firstRows.entries()) {
      let bytes: Buffer | null = null;
      const endRow = this.#firstRows[piece + 1] ?? this.#count;
      for (let row = first; row < endRow; row++) {
        for (const { bit, needle, mask } of wanted) {
          if (((marks[row] ?? 0) & bit) !== 0) continue;
          if (this.#signs.mayHold(row, mask)) {
            bytes ??= this.#bytesOf(piece);
            const end = row + 1 < endRow ? this.#starts[row + 1] : this.#endOf(piece);
            if (needle.standsIn(bytes, this.#starts[row] ?? 0, end ?? 0)) {
              marks[row] = (marks[row] ?? 0) | bit;
              continue;
            }
          }
          if (isAllOrNothing) break;
        }
      }
    }
  }

  /** The beginnings of one field's texts, to be sorted by; gives way after each piece. @param field its place in the row */
  *fieldTexts(field: number): Generator<void, FieldTexts, void> {
    const texts = new FieldTexts(this.#count);
    for (const [piece, first] of this.#firstRows.entries()) {
      const bytes = this.#bytesOf(piece);
      const endRow = this.#firstRows[piece + 1] ?? this.#count;
      for (let row = first; row < endRow; row++) {
        let at = this.#starts[row] ?? 0;
        for (let passed = 0; passed < field; at++) if (bytes[at] === FIELD_END) passed++;
        texts.add(bytes, at);
      }
      yield;
    }
    return texts;
  }

  #beginPiece(): void {
    const isFirst = this.#last === NOTHING;
    if (!isFirst) this.#ends.push(this.#used);
    if (isFirst || !this.#pieces.push(this.#last)) this.#last = Buffer.allocUnsafeSlow(PIECE_BYTES);
    this.#firstRows.push(this.#count);
    this.#used = 0;
  }

  #bytesOf(piece: number): Buffer {
    return piece === this.#pieces.count ? this.#last : this.#pieces.at(piece);
  }

  #endOf(piece: number): number {
    return this.#ends[piece] ?? this.#used;
  }
}

const NOTHING: Buffer = Buffer.alloc(0);

function lowered(byte: number): number {
  if (byte >= 0x41 && byte <= 0x5a) return byte + 0x20;
  return byte < 0x20 ? 0x20 : byte;
}

/** A text as it is searched in and for: in lower case, without control characters. */
export function searchable(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/\p{Cc}/gu, ' ')
    .toWellFormed();
}

import { maskOf, RowSigns } from './row-signs.ts';
import { PIECE_BYTES, TextPieces } from './text-pieces.ts';

/** Behind each field of a row; stands in none. */
export const FIELD_END = 0x1f;
/** Bytes of a field that can be found: a cell of a megabyte is no name. */
export const MOST_FIELD_BYTES = 1024;
/** And those that it is sorted by. */
const MOST_SORTED_BYTES = 64;

/** One text of each row, one behind the other, each with an end. */
export interface FieldTexts {
  readonly bytes: Buffer;
  /** Where each row's text begins. */
  readonly starts: Uint32Array;
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
   * Calls back for each row and each word that it holds, rows in ascending order.
   * @param words as `searchable` makes them, none empty
   * @param found told the row, and the word's place among the words
   */
  search(words: readonly string[], found: (row: number, word: number) => void): void {
    const wanted = words.map((word, at) => {
      const needle = Buffer.from(word);
      return { needle, at, mask: maskOf(needle) };
    });
    for (const [piece, first] of this.#firstRows.entries()) {
      let bytes: Buffer | null = null;
      const endRow = this.#firstRows[piece + 1] ?? this.#count;
      for (let row = first; row < endRow; row++)
        for (const { needle, at, mask } of wanted) {
          if (!this.#signs.mayHold(row, mask)) continue;
          bytes ??= this.#bytesOf(piece);
          const end = row + 1 < endRow ? this.#starts[row + 1] : this.#endOf(piece);
          if (stands(needle, bytes, this.#starts[row] ?? 0, end ?? 0)) found(row, at);
        }
    }
  }

  /** The beginnings of one field's texts, to be sorted by; gives way after each piece. @param field its place in the row */
  *fieldTexts(field: number): Generator<void, FieldTexts, void> {
    const starts = new Uint32Array(this.#count);
    let texts = Buffer.allocUnsafeSlow(this.#count * 8 + 1024);
    let used = 0;
    for (const [piece, first] of this.#firstRows.entries()) {
      const bytes = this.#bytesOf(piece);
      const endRow = this.#firstRows[piece + 1] ?? this.#count;
      for (let row = first; row < endRow; row++) {
        let at = this.#starts[row] ?? 0;
        for (let passed = 0; passed < field; at++) if (bytes[at] === FIELD_END) passed++;
        if (used + MOST_SORTED_BYTES + 1 > texts.length) {
          const larger = Buffer.allocUnsafeSlow(Math.ceil(texts.length * 1.5));
          texts.copy(larger, 0, 0, used);
          texts = larger;
        }
        starts[row] = used;
        const end = at + MOST_SORTED_BYTES;
        for (; at < end && bytes[at] !== FIELD_END; at++) texts[used++] = bytes[at] ?? 0;
        texts[used++] = FIELD_END;
      }
      yield;
    }
    return { bytes: texts, starts };
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

/** Whether a text stands within a part of the bytes. */
function stands(needle: Buffer, bytes: Buffer, from: number, to: number): boolean {
  const [first] = needle;
  const last = to - needle.length;
  for (let at = from; at <= last; at++) {
    if (bytes[at] !== first) continue;
    let next = 1;
    while (next < needle.length && bytes[at + next] === needle[next]) next++;
    if (next === needle.length) return true;
  }
  return false;
}

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

/** Behind each text; stands in none. */
export const FIELD_END = 0x1f;
/** Bytes that a text is sorted by. */
const MOST_BYTES = 64;
/** Small enough that the system takes each piece back when it is let go of. */
const PIECE_BITS = 18;
const PIECE_BYTES = 2 ** PIECE_BITS;
const PIECE_MASK = PIECE_BYTES - 1;
const NOTHING: Buffer = Buffer.alloc(0);

/** One text of each row, one behind the other, for as long as rows are sorted by it. */
export class FieldTexts {
  readonly #pieces: Buffer[] = [];
  /** Where each row's text begins, as a place in all pieces. */
  readonly #starts: Uint32Array<ArrayBuffer>;
  #used = PIECE_BYTES;
  #count = 0;

  constructor(rows: number) {
    this.#starts = new Uint32Array(rows);
  }

  get count(): number {
    return this.#count;
  }

  /** Takes the next row's text over, up to its end. */
  add(bytes: Uint8Array, from: number): void {
    if (this.#used + MOST_BYTES + 1 > PIECE_BYTES) {
      this.#pieces.push(Buffer.allocUnsafeSlow(PIECE_BYTES));
      this.#used = 0;
    }
    const into = this.#pieces.at(-1) ?? NOTHING;
    this.#starts[this.#count++] = (this.#pieces.length - 1) * PIECE_BYTES + this.#used;
    const end = from + MOST_BYTES;
    let used = this.#used;
    for (let at = from; at < end && bytes[at] !== FIELD_END; at++) into[used++] = bytes[at] ?? 0;
    into[used++] = FIELD_END;
    this.#used = used;
  }

  /** Four bytes of a row's text from `depth` on, as a number; zero behind its end. */
  keyAt(row: number, depth: number): number {
    const start = this.#starts[row] ?? 0;
    const bytes = this.#pieces[start >>> PIECE_BITS] ?? NOTHING;
    const first = (start & PIECE_MASK) + depth;
    let key = 0;
    for (let next = first; next < first + 4; next++) {
      const byte = bytes[next] ?? FIELD_END;
      // A shift by 32 is none: an empty rest.
      if (byte === FIELD_END) return next === first ? 0 : (key << (8 * (first + 4 - next))) >>> 0;
      key = ((key << 8) | byte) >>> 0;
    }
    return key;
  }

  /** Compares two rows' texts, which are the same in their first `depth` bytes. */
  compare(one: number, other: number, depth: number): number {
    const [a, b] = [this.#starts[one] ?? 0, this.#starts[other] ?? 0];
    const [x, y] = [this.#pieces[a >>> PIECE_BITS] ?? NOTHING, this.#pieces[b >>> PIECE_BITS] ?? NOTHING];
    const [xStart, yStart] = [a & PIECE_MASK, b & PIECE_MASK];
    for (let at = depth; ; at++) {
      const left = x[xStart + at] ?? FIELD_END;
      const right = y[yStart + at] ?? FIELD_END;
      if (left === FIELD_END || right === FIELD_END)
        return Number(left !== FIELD_END) - Number(right !== FIELD_END);
      if (left !== right) return left - right;
    }
  }

  /** Bytes of a row's text, at most 64. */
  lengthOf(row: number): number {
    const start = this.#starts[row] ?? 0;
    const bytes = this.#pieces[start >>> PIECE_BITS] ?? NOTHING;
    const from = start & PIECE_MASK;
    let at = from;
    while ((bytes[at] ?? FIELD_END) !== FIELD_END) at++;
    return at - from;
  }

  /** Gives the memory back at once: what the collector finds later is a peak until then. */
  release(): void {
    letGo(this.#starts);
    for (const piece of this.#pieces.splice(0)) letGo(piece);
    this.#count = 0;
  }
}

/** Frees the memory of an array that has its buffer to itself and is not used any more. */
export function letGo({ buffer }: { readonly buffer: ArrayBufferLike }): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

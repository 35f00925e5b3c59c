import { FIELD_END, SEGMENT_BITS, SEGMENT_MASK, type TextBlob } from './text-blob.ts';
import { reordered } from './query.ts';

/** Shorter stretches are sorted by comparing. */
const FEW = 24;
/** Longer ones in two rounds over 16 bits each. */
const MANY = 20_000;
/** Room for a row's place beside four bytes of its text in one number. */
const PLACES = 2 ** 20;

/**
 * The rows in the order of one of their texts; equal ones stay as they were. Four bytes at a time are sorted as numbers: a million names
 * take some tenths of a second.
 * @param field its place among the row's fields
 * @param shorterFirst for row_ids: numbers ascend in it, with leading zeros and without
 */
export function sortByText(blob: TextBlob, field: number, { shorterFirst = false } = {}): Uint32Array {
  const starts = blob.fieldStarts(field);
  const order = new Uint32Array(starts.length);
  for (let row = 0; row < order.length; row++) order[row] = row;
  new TextSort(blob.segments, starts, order).sort(0, order.length, 0);
  return shorterFirst ? reordered(order, (row) => Math.min(blob.fieldLength(starts[row] ?? 0), 0xff)) : order;
}

class TextSort {
  readonly #segments: readonly Buffer[];
  readonly #starts: Uint32Array;
  readonly #order: Uint32Array;

  constructor(segments: readonly Buffer[], starts: Uint32Array, order: Uint32Array) {
    this.#segments = segments;
    this.#starts = starts;
    this.#order = order;
  }

  /** Sorts a stretch of the order whose texts are the same up to `depth`. */
  sort(from: number, to: number, depth: number): void {
    const count = to - from;
    if (count < 2) return;
    if (count <= FEW) {
      this.#insert(from, to, depth);
      return;
    }
    const keys = this.#keys(from, to, depth);
    const sorted = count < MANY ? this.#packed(keys, from) : this.#radix(keys, from);
    let groupFrom = 0;
    for (let at = 1; at <= count; at++) {
      const key = sorted[groupFrom] ?? 0;
      if (at < count && sorted[at] === key) continue;
      // Where the last of the four bytes is none, the texts have ended and are equal.
      if ((key & 0xff) !== 0) this.sort(from + groupFrom, from + at, depth + 4);
      groupFrom = at;
    }
  }

  /** Four bytes of each text from `depth` on, zero behind its end. */
  #keys(from: number, to: number, depth: number): Uint32Array {
    const keys = new Uint32Array(to - from);
    for (let at = from; at < to; at++) {
      const start = this.#starts[this.#order[at] ?? 0] ?? 0;
      const bytes = this.#segments[start >>> SEGMENT_BITS] ?? NOTHING;
      const first = (start & SEGMENT_MASK) + depth;
      let key = 0;
      for (let next = first; next < first + 4; next++) {
        const byte = bytes[next] ?? FIELD_END;
        if (byte === FIELD_END) {
          key = (key << (8 * (first + 4 - next))) >>> 0;
          // A shift by 32 is none: an empty rest.
          if (next === first) key = 0;
          break;
        }
        key = ((key << 8) | byte) >>> 0;
      }
      keys[at - from] = key;
    }
    return keys;
  }

  /** Puts the order right by keys and places packed into one number each. @returns the keys in their order */
  #packed(keys: Uint32Array, from: number): Uint32Array {
    const packed = Float64Array.from(keys, (key, at) => key * PLACES + at).sort();
    const before = this.#order.slice(from, from + keys.length);
    return Uint32Array.from(packed, (number, at) => {
      const key = Math.floor(number / PLACES);
      this.#order[from + at] = before[number - key * PLACES] ?? 0;
      return key;
    });
  }

  #radix(keys: Uint32Array, from: number): Uint32Array {
    let rows = this.#order.slice(from, from + keys.length);
    let current = keys;
    for (const shift of [0, 16]) {
      const next = new Uint32Array(0x1_0001);
      for (const key of current) {
        const code = ((key >>> shift) & 0xffff) + 1;
        next[code] = (next[code] ?? 0) + 1;
      }
      for (let code = 1; code < 0x1_0000; code++) next[code] = (next[code] ?? 0) + (next[code - 1] ?? 0);
      const [sortedRows, sortedKeys] = [new Uint32Array(rows.length), new Uint32Array(rows.length)];
      for (let at = 0; at < rows.length; at++) {
        const key = current[at] ?? 0;
        const code = (key >>> shift) & 0xffff;
        const place = next[code] ?? 0;
        sortedRows[place] = rows[at] ?? 0;
        sortedKeys[place] = key;
        next[code] = place + 1;
      }
      [rows, current] = [sortedRows, sortedKeys];
    }
    this.#order.set(rows, from);
    return current;
  }

  #insert(from: number, to: number, depth: number): void {
    const order = this.#order;
    for (let at = from + 1; at < to; at++) {
      const row = order[at] ?? 0;
      let place = at;
      while (place > from && this.#compare(order[place - 1] ?? 0, row, depth) > 0) {
        order[place] = order[place - 1] ?? 0;
        place--;
      }
      order[place] = row;
    }
  }

  #compare(one: number, other: number, depth: number): number {
    const [a, b] = [this.#starts[one] ?? 0, this.#starts[other] ?? 0];
    const [x, y] = [
      this.#segments[a >>> SEGMENT_BITS] ?? NOTHING,
      this.#segments[b >>> SEGMENT_BITS] ?? NOTHING,
    ];
    const [xStart, yStart] = [a & SEGMENT_MASK, b & SEGMENT_MASK];
    for (let at = depth; ; at++) {
      const left = x[xStart + at] ?? FIELD_END;
      const right = y[yStart + at] ?? FIELD_END;
      if (left === FIELD_END || right === FIELD_END)
        return Number(left !== FIELD_END) - Number(right !== FIELD_END);
      if (left !== right) return left - right;
    }
  }
}

const NOTHING: Buffer = Buffer.alloc(0);

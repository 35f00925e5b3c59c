import { type FieldTexts, letGo } from './field-texts.ts';
import { reordered } from './query.ts';
import type { TextBlob } from './text-blob.ts';

/** Shorter stretches are sorted by comparing. */
const FEW = 24;
/** Longer ones in two rounds over 16 bits each. */
const MANY = 20_000;
/** Room for a row's place beside four bytes of its text in one number. */
const PLACES = 2 ** 20;
/** Rows that are moved between two pauses. */
const STEP = 20_000;

interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Bytes in which its texts are the same. */
  readonly depth: number;
}

/**
 * The rows in the order of one of their texts; equal ones stay as they were. Four bytes at a time are sorted as numbers. It gives way every
 * some milliseconds; a million names take some tenths of a second in all.
 * @param field its place among the row's fields
 * @param shorterFirst for row_ids: numbers ascend in it, with leading zeros and without
 */
export function* sortByText(
  blob: TextBlob,
  field: number,
  { shorterFirst = false } = {},
): Generator<void, Uint32Array, void> {
  const texts = yield* blob.fieldTexts(field);
  try {
    const order = new Uint32Array(texts.count);
    for (let row = 0; row < order.length; row++) order[row] = row;
    // Row_ids mostly stand in their order already.
    if (isInOrder(texts, shorterFirst)) return order;
    yield;
    yield* new TextSort(texts, order).all();
    return shorterFirst ? reordered(order, (row) => texts.lengthOf(row)) : order;
  } finally {
    texts.release();
  }
}

class TextSort {
  readonly #texts: FieldTexts;
  readonly #order: Uint32Array;
  /** Of the stretch that is being sorted: its keys, and room to move rows and keys to. */
  readonly #keys: Uint32Array;
  readonly #otherKeys: Uint32Array;
  readonly #otherRows: Uint32Array;
  readonly #todo: Stretch[] = [];

  constructor(texts: FieldTexts, order: Uint32Array) {
    this.#texts = texts;
    this.#order = order;
    this.#keys = new Uint32Array(order.length);
    this.#otherKeys = new Uint32Array(order.length);
    this.#otherRows = new Uint32Array(order.length);
  }

  *all(): Generator<void, void, void> {
    this.#todo.push({ from: 0, to: this.#order.length, depth: 0 });
    let moved = 0;
    for (let next = this.#todo.pop(); next !== undefined; next = this.#todo.pop()) {
      const count = next.to - next.from;
      if (count <= FEW) this.#insert(next);
      else yield* this.#stretch(next);
      moved += count;
      if (moved < STEP) continue;
      moved = 0;
      yield;
    }
    for (const array of [this.#keys, this.#otherKeys, this.#otherRows]) letGo(array);
  }

  /** Sorts a stretch by its next four bytes, and notes what is left to sort within it. */
  *#stretch({ from, to, depth }: Stretch): Generator<void, void, void> {
    const count = to - from;
    const keys = this.#keys.subarray(0, count);
    for (let at = 0; at < count; at++) keys[at] = this.#texts.keyAt(this.#order[from + at] ?? 0, depth);
    if (count >= MANY) yield;
    if (!isAllSame(keys)) {
      if (count < MANY) this.#packed(keys, from);
      else
        for (const shift of [0, 16]) {
          this.#round(keys, from, shift);
          yield;
        }
    }
    let groupFrom = 0;
    for (let at = 1; at <= count; at++) {
      const key = keys[groupFrom] ?? 0;
      if (at < count && keys[at] === key) continue;
      // Where the last of the four bytes is none, the texts have ended and are equal.
      if (at - groupFrom > 1 && (key & 0xff) !== 0)
        this.#todo.push({ from: from + groupFrom, to: from + at, depth: depth + 4 });
      groupFrom = at;
    }
  }

  /** Puts keys and order right by keys and places packed into one number each. */
  #packed(keys: Uint32Array, from: number): void {
    const numbers = new Float64Array(keys.length);
    for (let at = 0; at < keys.length; at++) numbers[at] = (keys[at] ?? 0) * PLACES + at;
    numbers.sort();
    const before = this.#otherRows.subarray(0, keys.length);
    before.set(this.#order.subarray(from, from + keys.length));
    for (let at = 0; at < numbers.length; at++) {
      const number = numbers[at] ?? 0;
      const key = Math.floor(number / PLACES);
      this.#order[from + at] = before[number - key * PLACES] ?? 0;
      keys[at] = key;
    }
  }

  /** The same by 16 bits of the keys; rows with the same bits stay as they were. */
  #round(keys: Uint32Array, from: number, shift: number): void {
    const count = keys.length;
    const next = new Uint32Array(0x1_0001);
    for (let at = 0; at < count; at++) {
      const code = (((keys[at] ?? 0) >>> shift) & 0xffff) + 1;
      next[code] = (next[code] ?? 0) + 1;
    }
    for (let code = 1; code < 0x1_0000; code++) next[code] = (next[code] ?? 0) + (next[code - 1] ?? 0);
    const [order, otherRows, otherKeys] = [this.#order, this.#otherRows, this.#otherKeys];
    for (let at = 0; at < count; at++) {
      const key = keys[at] ?? 0;
      const code = (key >>> shift) & 0xffff;
      const place = next[code] ?? 0;
      otherRows[place] = order[from + at] ?? 0;
      otherKeys[place] = key;
      next[code] = place + 1;
    }
    order.set(otherRows.subarray(0, count), from);
    keys.set(otherKeys.subarray(0, count));
  }

  #insert({ from, to, depth }: Stretch): void {
    const order = this.#order;
    for (let at = from + 1; at < to; at++) {
      const row = order[at] ?? 0;
      let place = at;
      while (place > from && this.#texts.compare(order[place - 1] ?? 0, row, depth) > 0) {
        order[place] = order[place - 1] ?? 0;
        place--;
      }
      order[place] = row;
    }
  }
}

function isAllSame(keys: Uint32Array): boolean {
  const [first] = keys;
  for (let at = 1; at < keys.length; at++) if (keys[at] !== first) return false;
  return true;
}

function isInOrder(texts: FieldTexts, shorterFirst: boolean): boolean {
  for (let row = 1; row < texts.count; row++) {
    const longer = shorterFirst ? texts.lengthOf(row - 1) - texts.lengthOf(row) : 0;
    if (longer > 0 || (longer === 0 && texts.compare(row - 1, row, 0) > 0)) return false;
  }
  return true;
}

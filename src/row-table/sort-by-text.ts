import { reordered } from './query.ts';
import { FIELD_END, type FieldTexts, type TextBlob } from './text-blob.ts';

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
  const order = new Uint32Array(texts.starts.length);
  for (let row = 0; row < order.length; row++) order[row] = row;
  // Row_ids mostly stand in their order already.
  if (isInOrder(texts, shorterFirst)) return order;
  yield;
  yield* sorting(texts, order);
  return shorterFirst ? reordered(order, (row) => lengthOf(texts, row)) : order;
}

function* sorting(texts: FieldTexts, order: Uint32Array): Generator<void, void, void> {
  const todo: Stretch[] = [{ from: 0, to: order.length, depth: 0 }];
  let moved = 0;
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const count = next.to - next.from;
    if (count <= FEW) insert(texts, order, next);
    else yield* sortStretch(texts, order, next, todo);
    moved += count;
    if (moved < STEP) continue;
    moved = 0;
    yield;
  }
}

/** Sorts a stretch by its next four bytes, and notes what is left to sort within it. */
function* sortStretch(
  texts: FieldTexts,
  order: Uint32Array,
  { from, to, depth }: Stretch,
  todo: Stretch[],
): Generator<void, void, void> {
  const keys = keysOf(texts, order.subarray(from, to), depth);
  if (keys.length > MANY) yield;
  const sorted = isAllSame(keys)
    ? keys
    : keys.length < MANY
      ? packed(order, keys, from)
      : yield* radix(order, keys, from);
  let groupFrom = 0;
  for (let at = 1; at <= sorted.length; at++) {
    const key = sorted[groupFrom] ?? 0;
    if (at < sorted.length && sorted[at] === key) continue;
    // Where the last of the four bytes is none, the texts have ended and are equal.
    if (at - groupFrom > 1 && (key & 0xff) !== 0)
      todo.push({ from: from + groupFrom, to: from + at, depth: depth + 4 });
    groupFrom = at;
  }
}

/** Four bytes of each text from `depth` on, zero behind its end. */
function keysOf({ bytes, starts }: FieldTexts, rows: Uint32Array, depth: number): Uint32Array {
  const keys = new Uint32Array(rows.length);
  for (let at = 0; at < rows.length; at++) {
    const first = (starts[rows[at] ?? 0] ?? 0) + depth;
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
    keys[at] = key;
  }
  return keys;
}

function isAllSame(keys: Uint32Array): boolean {
  const [first] = keys;
  for (let at = 1; at < keys.length; at++) if (keys[at] !== first) return false;
  return true;
}

/** Puts the order right by keys and places packed into one number each. @returns the keys in their order */
function packed(order: Uint32Array, keys: Uint32Array, from: number): Uint32Array {
  const numbers = new Float64Array(keys.length);
  for (let at = 0; at < keys.length; at++) numbers[at] = (keys[at] ?? 0) * PLACES + at;
  numbers.sort();
  const before = order.slice(from, from + keys.length);
  const sorted = new Uint32Array(keys.length);
  for (let at = 0; at < numbers.length; at++) {
    const number = numbers[at] ?? 0;
    const key = Math.floor(number / PLACES);
    order[from + at] = before[number - key * PLACES] ?? 0;
    sorted[at] = key;
  }
  return sorted;
}

/** The same in two rounds over 16 bits each. */
function* radix(order: Uint32Array, keys: Uint32Array, from: number): Generator<void, Uint32Array, void> {
  let rows = order.slice(from, from + keys.length);
  let current = keys;
  for (const shift of [0, 16]) {
    const next = new Uint32Array(0x1_0001);
    for (let at = 0; at < current.length; at++) {
      const code = (((current[at] ?? 0) >>> shift) & 0xffff) + 1;
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
    yield;
  }
  order.set(rows, from);
  return current;
}

function insert(texts: FieldTexts, order: Uint32Array, { from, to, depth }: Stretch): void {
  for (let at = from + 1; at < to; at++) {
    const row = order[at] ?? 0;
    let place = at;
    while (place > from && compare(texts, order[place - 1] ?? 0, row, depth) > 0) {
      order[place] = order[place - 1] ?? 0;
      place--;
    }
    order[place] = row;
  }
}

function compare({ bytes, starts }: FieldTexts, one: number, other: number, depth: number): number {
  const [a, b] = [starts[one] ?? 0, starts[other] ?? 0];
  for (let at = depth; ; at++) {
    const left = bytes[a + at] ?? FIELD_END;
    const right = bytes[b + at] ?? FIELD_END;
    if (left === FIELD_END || right === FIELD_END)
      return Number(left !== FIELD_END) - Number(right !== FIELD_END);
    if (left !== right) return left - right;
  }
}

function isInOrder(texts: FieldTexts, shorterFirst: boolean): boolean {
  for (let row = 1; row < texts.starts.length; row++) {
    const longer = shorterFirst ? lengthOf(texts, row - 1) - lengthOf(texts, row) : 0;
    if (longer > 0 || (longer === 0 && compare(texts, row - 1, row, 0) > 0)) return false;
  }
  return true;
}

/** At most 64: more is not sorted by. */
function lengthOf({ bytes, starts }: FieldTexts, row: number): number {
  const start = starts[row] ?? 0;
  let at = start;
  while (bytes[at] !== FIELD_END) at++;
  return at - start;
}

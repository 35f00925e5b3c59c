import { Breather } from './breather.ts';
import { compareIds, type RowIdList } from './row-id-list.ts';

/** Rows put into the table without a pause; while the table is fresh, each of them costs a page of memory. */
const ROWS_PER_SLICE = 1024;
/** How far from the row that was found last the next one is looked for first; whoever leaves rows out mostly leaves out few. */
const FIRST_STEP = 4;

/**
 * All row_ids of a file: their text as UTF-8, one behind the other. Where they ascend, as numbers mostly do, none stands
 * twice, and a row is found by halving; otherwise an open-addressing hash table lies over them. Exact bytes are compared, so
 * that no collision merges two people; a million ids of seven characters take 11 MB, and 8 MB more with the table.
 */
export class RowIds {
  readonly #bytes: Buffer;
  /** Where each id ends. */
  readonly #ends: Uint32Array;
  /** Row + 1, or 0; its length is a power of two. Null where the ids ascend. */
  readonly #table: Int32Array | null;
  readonly count: number;
  /** Who looks rows up in order finds each behind the last one. */
  #lastFound = -1;

  private constructor({ bytes, ends, count }: RowIdList, table: Int32Array | null) {
    this.#bytes = bytes;
    this.#ends = ends;
    this.count = count;
    this.#table = table;
  }

  /**
   * Builds the table where one is needed, letting other work run in between.
   * @param onDuplicate called for the first row_id that an earlier row has; it throws
   */
  static async build(
    list: RowIdList,
    onDuplicate: (rowId: string, first: number, second: number) => never,
  ): Promise<RowIds> {
    if (list.ascends) return new RowIds(list, null);
    const { bytes, count } = list;
    const table = new Int32Array(tableSize(count));
    const ids = new RowIds(list, table);
    const breather = new Breather(ROWS_PER_SLICE);
    for (let row = 0; row < count; row++) {
      if (breather.step()) await breather.breathe();
      const slot = ids.#slotOf(table, bytes, ids.#start(row), ids.#end(row));
      const earlier = table[slot] ?? 0;
      if (earlier > 0) onDuplicate(ids.text(row), earlier - 1, row);
      table[slot] = row + 1;
    }
    return ids;
  }

  /** The row_id of a row, from 0. */
  text(row: number): string {
    return this.#bytes.toString('utf8', this.#start(row), this.#end(row));
  }

  /** The row with this row_id (trimmed), or -1. */
  find(rowId: string): number {
    const wanted = Buffer.from(rowId.trim());
    if (this.#table !== null) {
      return (this.#table[this.#slotOf(this.#table, wanted, 0, wanted.length)] ?? 0) - 1;
    }
    const next = this.#lastFound + 1;
    const row = next < this.count && this.isAt(next, wanted, 0, wanted.length) ? next : this.#halve(wanted);
    if (row >= 0) this.#lastFound = row;
    return row;
  }

  /** Whether the row's row_id is this UTF-8 text. */
  isAt(row: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#start(row);
    const length = to - from;
    if (this.#end(row) - start !== length) return false;
    return equalBytes(this.#bytes, start, bytes, from, length);
  }

  /** Looks in growing steps behind the row that was found last, then halves what is left. */
  #halve(wanted: Buffer): number {
    let low = 0;
    let high = this.count;
    const last = this.#lastFound;
    if (last >= 0 && this.#compare(last, wanted) < 0) {
      low = last + 1;
      for (let at = last + FIRST_STEP; at < high; at += at - last) {
        if (this.#compare(at, wanted) < 0) low = at + 1;
        else high = at + 1;
      }
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = this.#compare(middle, wanted);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return -1;
  }

  /** Below 0 where the row's row_id comes before the other one. */
  #compare(row: number, wanted: Buffer): number {
    return compareIds(this.#bytes, this.#start(row), this.#end(row), wanted, 0, wanted.length);
  }

  #start(row: number): number {
    return row === 0 ? 0 : (this.#ends[row - 1] ?? 0);
  }

  #end(row: number): number {
    return this.#ends[row] ?? 0;
  }

  /** The slot of the id that stands in `bytes`, or the free slot where it belongs. */
  #slotOf(table: Int32Array, bytes: Buffer, from: number, to: number): number {
    const mask = table.length - 1;
    for (let slot = hash(bytes, from, to) & mask; ; slot = (slot + 1) & mask) {
      const entry = table[slot] ?? 0;
      if (entry === 0 || this.isAt(entry - 1, bytes, from, to)) return slot;
    }
  }
}

function equalBytes(
  one: Uint8Array,
  oneAt: number,
  other: Uint8Array,
  otherAt: number,
  length: number,
): boolean {
  for (let at = 0; at < length; at++) if (one[oneAt + at] !== other[otherAt + at]) return false;
  return true;
}

/** Twice as many slots as rows at least. */
function tableSize(count: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(8, count * 2)));
}

function hash(bytes: Uint8Array, from: number, to: number): number {
  let h = 0x811c9dc5;
  for (let at = from; at < to; at++) h = Math.imul(h ^ (bytes[at] ?? 0), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
}

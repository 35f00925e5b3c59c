import { Breather } from './breather.ts';
import { HASH } from './bytes.ts';
import { decodeCell } from './cell.ts';
import { grown } from './growing.ts';
import { PlainCell } from './row-reader.ts';

/** Rows put into the table without a pause; while the table is fresh, each of them costs a page of memory. */
const ROWS_PER_SLICE = 1024;

/**
 * All row_ids of a file: their text as UTF-8, one behind the other, and an open-addressing hash table over it. Exact
 * bytes are compared, so that no collision merges two people; a million ids of seven characters take 19 MB.
 */
export class RowIds {
  readonly #bytes: Buffer;
  /** Where each id ends. */
  readonly #ends: Uint32Array;
  /** Row + 1, or 0; its length is a power of two. */
  readonly #table: Int32Array;
  readonly count: number;

  private constructor(bytes: Buffer, ends: Uint32Array, count: number, table: Int32Array) {
    this.#bytes = bytes;
    this.#ends = ends;
    this.count = count;
    this.#table = table;
  }

  /**
   * Builds the table, letting other work run in between.
   * @param onDuplicate called for the first row_id that an earlier row has; it throws
   */
  static async build(
    list: RowIdList,
    onDuplicate: (rowId: string, first: number, second: number) => never,
  ): Promise<RowIds> {
    const { bytes, ends, count } = list;
    const table = new Int32Array(tableSize(count));
    const ids = new RowIds(bytes, ends, count, table);
    const breather = new Breather(ROWS_PER_SLICE);
    for (let row = 0; row < count; row++) {
      if (breather.step()) await breather.breathe();
      const slot = ids.#slotOf(bytes, ids.#start(row), ids.#end(row));
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
    return (this.#table[this.#slotOf(wanted, 0, wanted.length)] ?? 0) - 1;
  }

  #start(row: number): number {
    return row === 0 ? 0 : (this.#ends[row - 1] ?? 0);
  }

  #end(row: number): number {
    return this.#ends[row] ?? 0;
  }

  /** The slot of the id that stands in `bytes`, or the free slot where it belongs. */
  #slotOf(bytes: Buffer, from: number, to: number): number {
    const mask = this.#table.length - 1;
    for (let slot = hash(bytes, from, to) & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#table[slot] ?? 0;
      if (entry === 0 || this.#equals(entry - 1, bytes, from, to)) return slot;
    }
  }

  #equals(row: number, bytes: Buffer, from: number, to: number): boolean {
    const start = this.#start(row);
    const length = to - from;
    if (this.#end(row) - start !== length) return false;
    return equalBytes(this.#bytes, start, bytes, from, length);
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

/** What a row_id cell says about its line. */
export type RowIdKind = 'id' | 'empty' | 'comment' | 'repeatedHeader';

/** Collects row_ids while a file is scanned. */
export class RowIdList {
  readonly #header: Buffer;
  readonly #cell = new PlainCell();
  bytes: Buffer = Buffer.alloc(1024);
  ends: Uint32Array = new Uint32Array(256);
  count = 0;
  #used = 0;

  /** @param header name of the row_id column; a row that has it for a row_id is the header once more */
  constructor(header: string) {
    this.#header = Buffer.from(header);
  }

  /**
   * Adds the row_id of a raw cell if it is one.
   * @param fraction of the file that was read, for the size of what is allocated
   */
  add(bytes: Buffer, from: number, to: number, fraction: number): RowIdKind {
    if (!this.#cell.read(bytes, from, to)) {
      const text = Buffer.from(decodeCell(bytes, from, to).trim());
      return this.#append(text, 0, text.length, fraction);
    }
    return this.#append(bytes, this.#cell.start, this.#cell.end, fraction);
  }

  #append(bytes: Buffer, from: number, to: number, fraction: number): RowIdKind {
    const length = to - from;
    if (length === 0) return 'empty';
    if (bytes[from] === HASH) return 'comment';
    if (length === this.#header.length && this.#header.compare(bytes, from, to) === 0)
      return 'repeatedHeader';
    const end = this.#used + length;
    if (end > this.bytes.length) {
      const larger = Buffer.alloc(grown(end, fraction));
      this.bytes.copy(larger, 0, 0, this.#used);
      this.bytes = larger;
    }
    if (length > 32) bytes.copy(this.bytes, this.#used, from, to);
    else for (let at = 0; at < length; at++) this.bytes[this.#used + at] = bytes[from + at] ?? 0;
    this.#used = end;
    if (this.count >= this.ends.length) {
      const larger = new Uint32Array(grown(this.count + 1, fraction));
      larger.set(this.ends);
      this.ends = larger;
    }
    this.ends[this.count++] = end;
    return 'id';
  }
}

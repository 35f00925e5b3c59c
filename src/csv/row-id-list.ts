import { HASH } from './bytes.ts';
import { decodeCell } from './cell.ts';
import { grown } from './growing.ts';
import { PlainCell } from './row-reader.ts';

/** What a row_id cell says about its line. */
export type RowIdKind = 'id' | 'empty' | 'comment' | 'repeatedHeader';

/** Collects row_ids while a file is scanned. */
export class RowIdList {
  readonly #header: Buffer;
  readonly #cell = new PlainCell();
  bytes: Buffer = Buffer.alloc(1024);
  ends: Uint32Array = new Uint32Array(256);
  count = 0;
  /** Each id comes behind the one before it. */
  ascends = true;
  #used = 0;
  #lastStart = 0;

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
    this.ascends &&=
      this.count === 0 || compareIds(this.bytes, this.#lastStart, this.#used, bytes, from, to) < 0;
    if (length > 32) bytes.copy(this.bytes, this.#used, from, to);
    else for (let at = 0; at < length; at++) this.bytes[this.#used + at] = bytes[from + at] ?? 0;
    this.#lastStart = this.#used;
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

/** Shorter ids first, then by their bytes: numbers ascend in it, with leading zeros and without. */
export function compareIds(
  one: Uint8Array,
  oneFrom: number,
  oneTo: number,
  other: Uint8Array,
  otherFrom: number,
  otherTo: number,
): number {
  const length = oneTo - oneFrom;
  const longer = length - (otherTo - otherFrom);
  if (longer !== 0) return longer;
  for (let at = 0; at < length; at++) {
    const order = (one[oneFrom + at] ?? 0) - (other[otherFrom + at] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}

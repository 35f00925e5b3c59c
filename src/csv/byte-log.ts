const BLOCK_BYTES = 256 * 1024;
const FIRST_BLOCK_BYTES = 4096;
/** Entries that are kept once, however often they come; a code of one byte stands for each. */
const WORDS = 128;
const LONGEST_WORD = 64;
/** Codes that stand for no word. */
const LITERAL = 0xfe;
const END_OF_BLOCK = 0xff;
const LITERAL_HEAD = 5;

/**
 * Byte strings one behind the other, to be compared later in the same order. It grows by blocks and copies nothing; of what
 * repeats, as types do, it keeps a byte each.
 */
export class ByteLog {
  readonly #words = new Array<Uint8Array | null>(WORDS).fill(null);
  readonly #blocks: Buffer[] = [Buffer.allocUnsafe(FIRST_BLOCK_BYTES)];
  #used = 0;
  #reading = 0;
  #at = 0;

  /** Adds `bytes` from `from` to `to`. */
  add(bytes: Uint8Array, from: number, to: number): void {
    const slot = to - from <= LONGEST_WORD ? slotOf(bytes, from, to) : -1;
    if (slot >= 0) {
      const word = (this.#words[slot] ??= Uint8Array.from(bytes.subarray(from, to)));
      if (isSame(word, 0, word.length, bytes, from, to)) {
        const block = this.#room(1);
        block[this.#used++] = slot;
        return;
      }
    }
    const length = to - from;
    const block = this.#room(LITERAL_HEAD + length);
    block[this.#used] = LITERAL;
    block.writeUInt32LE(length, this.#used + 1);
    block.set(bytes.subarray(from, to), this.#used + LITERAL_HEAD);
    this.#used += LITERAL_HEAD + length;
  }

  /** Begins to compare at the first entry. */
  rewind(): void {
    this.#reading = 0;
    this.#at = 0;
  }

  /** True when the next entry is these bytes. */
  nextEquals(bytes: Uint8Array, from: number, to: number): boolean {
    let block = this.#block();
    if (this.#reading < this.#blocks.length - 1 && block[this.#at] === END_OF_BLOCK) {
      this.#reading++;
      this.#at = 0;
      block = this.#block();
    }
    if (this.#reading === this.#blocks.length - 1 && this.#at >= this.#used)
      throw new RangeError('there is no such entry');
    const code = block[this.#at] ?? END_OF_BLOCK;
    if (code !== LITERAL) {
      this.#at++;
      const word = this.#words[code];
      if (!word) throw new RangeError('there is no such entry');
      return isSame(word, 0, word.length, bytes, from, to);
    }
    const start = this.#at + LITERAL_HEAD;
    const end = start + block.readUInt32LE(this.#at + 1);
    this.#at = end;
    return isSame(block, start, end, bytes, from, to);
  }

  #block(): Buffer {
    const block = this.#blocks[this.#reading];
    if (block === undefined) throw new RangeError('there is no such entry');
    return block;
  }

  /** The block at whose used end there is room for so many bytes, and for the mark behind them. */
  #room(count: number): Buffer {
    let block = this.#blocks.at(-1);
    if (block === undefined || this.#used + count + 1 > block.length) {
      if (block !== undefined) block[this.#used] = END_OF_BLOCK;
      block = Buffer.allocUnsafe(Math.max(BLOCK_BYTES, count + 1));
      this.#blocks.push(block);
      this.#used = 0;
    }
    return block;
  }
}

function slotOf(bytes: Uint8Array, from: number, to: number): number {
  let h = to - from;
  for (let at = from; at < to; at++) h = Math.imul(h ^ (bytes[at] ?? 0), 0x01000193);
  return (h ^ (h >>> 15)) & (WORDS - 1);
}

function isSame(
  one: Uint8Array,
  oneFrom: number,
  oneTo: number,
  other: Uint8Array,
  otherFrom: number,
  otherTo: number,
): boolean {
  const length = oneTo - oneFrom;
  if (length !== otherTo - otherFrom) return false;
  for (let at = 0; at < length; at++) if (one[oneFrom + at] !== other[otherFrom + at]) return false;
  return true;
}

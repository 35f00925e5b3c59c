/** Bits of a row's sign; a row of 80 letters sets a good third of them, one with file names two thirds. */
const WORDS = 4;
const BITS = 32 * WORDS;

/** What a text asks of the signs of rows that hold it. */
export type SignMask = Readonly<Record<0 | 1 | 2 | 3, number>>;

/**
 * For each row a sign of 16 bytes: which pairs of neighbouring letters stand in its text, by a hash. A row without the pairs of a word does
 * not hold the word, so that most rows need not be looked at. Pairs across the end of a field count as well and do no harm.
 */
export class RowSigns {
  #signs: Uint32Array;

  constructor(rows: number) {
    this.#signs = new Uint32Array(rows * WORDS);
  }

  add(row: number, bytes: Uint8Array, from: number, to: number): void {
    if ((row + 1) * WORDS > this.#signs.length) {
      const larger = new Uint32Array((row + 1) * 2 * WORDS + 256 * WORDS);
      larger.set(this.#signs);
      this.#signs = larger;
    }
    const signs = this.#signs;
    const base = row * WORDS;
    let before = bytes[from] ?? 0;
    for (let at = from + 1; at < to; at++) {
      const byte = bytes[at] ?? 0;
      const bit = bitOf(before, byte);
      const place = base + (bit >>> 5);
      signs[place] = (signs[place] ?? 0) | (1 << (bit & 31));
      before = byte;
    }
  }

  mayHold(row: number, mask: SignMask): boolean {
    const signs = this.#signs;
    const base = row * WORDS;
    return (
      ((signs[base] ?? 0) & mask[0]) === mask[0] &&
      ((signs[base + 1] ?? 0) & mask[1]) === mask[1] &&
      ((signs[base + 2] ?? 0) & mask[2]) === mask[2] &&
      ((signs[base + 3] ?? 0) & mask[3]) === mask[3]
    );
  }
}

/** Pure. */
export function maskOf(text: Uint8Array): SignMask {
  const mask = { 0: 0, 1: 0, 2: 0, 3: 0 };
  for (let at = 1; at < text.length; at++) {
    const bit = bitOf(text[at - 1] ?? 0, text[at] ?? 0);
    mask[(bit >>> 5) as keyof SignMask] |= 1 << (bit & 31);
  }
  return mask;
}

function bitOf(one: number, other: number): number {
  return (Math.imul((one << 8) | other, 0x9e3779b1) >>> 16) % BITS;
}

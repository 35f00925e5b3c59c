/** Some of a file's rows, a bit each: they come out in file order without being sorted. */
export class RowSet {
  readonly #words: Int32Array;
  size = 0;

  /** @param rowCount rows of the file */
  constructor(rowCount: number) {
    this.#words = new Int32Array(Math.ceil(rowCount / 32));
  }

  add(row: number): void {
    const word = row >>> 5;
    const old = this.#words[word] ?? 0;
    const bits = old | (1 << (row & 31));
    if (bits === old) return;
    this.#words[word] = bits;
    this.size++;
  }

  /** The first row of the set at or behind this one, or -1. */
  nextFrom(row: number): number {
    let word = row >>> 5;
    let bits = (this.#words[word] ?? 0) & (-1 << (row & 31));
    while (bits === 0) {
      if (++word >= this.#words.length) return -1;
      bits = this.#words[word] ?? 0;
    }
    return word * 32 + 31 - Math.clz32(bits & -bits);
  }
}

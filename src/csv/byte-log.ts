/** Byte strings one behind the other, to be compared later in the same order. */
export class ByteLog {
  #bytes = Buffer.allocUnsafe(1024);
  #used = 0;
  #at = 0;

  add(entry: Buffer): void {
    const needed = this.#used + 4 + entry.length;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.ceil(needed * 1.5));
      this.#bytes.copy(larger, 0, 0, this.#used);
      this.#bytes = larger;
    }
    this.#bytes.writeUInt32LE(entry.length, this.#used);
    entry.copy(this.#bytes, this.#used + 4);
    this.#used = needed;
  }

  /** Begins to compare at the first entry. */
  rewind(): void {
    this.#at = 0;
  }

  /** True when the next entry is this one; never for null. */
  nextEquals(entry: Buffer | null): boolean {
    const start = this.#at + 4;
    const end = start + this.#bytes.readUInt32LE(this.#at);
    this.#at = end;
    return entry !== null && this.#bytes.subarray(start, end).equals(entry);
  }
}

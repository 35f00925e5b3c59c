/**
 * The row_ids of a file with the line of each, one behind the other as UTF-8, and an open-addressing hash table over
 * them: a million ids of seven characters take 31 MB, a Map of strings three times as much.
 */
export class RowIdRegister {
  #bytes = Buffer.alloc(4096);
  #used = 0;
  #ends = new Uint32Array(256);
  #lines = new Uint32Array(256);
  #hashes = new Uint32Array(256);
  /** Entry + 1, or 0; its length is a power of two, at least twice the entries. */
  #table = new Int32Array(512);
  #count = 0;

  /** Notes a row_id. @returns the line where it stands already, which stays on record, or null */
  add(rowId: string, line: number): number | null {
    this.#reserve(rowId.length * 3);
    const end = this.#used + this.#bytes.write(rowId, this.#used);
    const hash = hashOf(this.#bytes, this.#used, end);
    const slot = this.#slotOf(hash, end);
    const earlier = (this.#table[slot] ?? 0) - 1;
    if (earlier >= 0) return this.#lines[earlier] ?? 0;
    this.#ends[this.#count] = end;
    this.#lines[this.#count] = line;
    this.#hashes[this.#count] = hash;
    this.#table[slot] = ++this.#count;
    this.#used = end;
    return null;
  }

  /** The slot of the entry with the bytes from `#used` to `end`, or the free one where they belong. */
  #slotOf(hash: number, end: number): number {
    const mask = this.#table.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = (this.#table[slot] ?? 0) - 1;
      if (entry < 0 || (this.#hashes[entry] === hash && this.#equals(entry, end))) return slot;
    }
  }

  #equals(entry: number, end: number): boolean {
    const start = entry === 0 ? 0 : (this.#ends[entry - 1] ?? 0);
    return this.#bytes.compare(this.#bytes, start, this.#ends[entry], this.#used, end) === 0;
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes > this.#bytes.length) {
      const larger = Buffer.alloc((this.#used + bytes) * 2);
      this.#bytes.copy(larger, 0, 0, this.#used);
      this.#bytes = larger;
    }
    if (this.#count < this.#ends.length) return;
    this.#ends = doubled(this.#ends);
    this.#lines = doubled(this.#lines);
    this.#hashes = doubled(this.#hashes);
    this.#table = new Int32Array(this.#table.length * 2);
    const mask = this.#table.length - 1;
    for (let entry = 0; entry < this.#count; entry++) {
      let slot = (this.#hashes[entry] ?? 0) & mask;
      while (this.#table[slot] !== 0) slot = (slot + 1) & mask;
      this.#table[slot] = entry + 1;
    }
  }
}

function doubled(list: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(list.length * 2);
  larger.set(list);
  return larger;
}

function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let h = 0x811c9dc5;
  for (let at = from; at < to; at++) h = Math.imul(h ^ (bytes[at] ?? 0), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
}

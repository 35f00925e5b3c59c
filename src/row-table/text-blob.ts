/** Between two fields of a row, and behind its last one; neither stands in a field. */
export const FIELD_END = 0x1f;
const ROW_END = 0x1e;
/** Bytes of one piece; a row's text lies in one of them whole. */
export const SEGMENT_BITS = 22;
const SEGMENT_BYTES = 2 ** SEGMENT_BITS;
export const SEGMENT_MASK = SEGMENT_BYTES - 1;
/** Rows of a piece by which it is judged how often a text stands in it. */
const SAMPLE = 1000;
/** Bytes of a field that can be found and sorted by: a cell of a megabyte is no name. */
export const MOST_FIELD_BYTES = 1024;

/**
 * The texts that rows are searched and sorted by, in lower case, one behind the other: about 70 bytes a row where a list of strings
 * would cost 400. It grows by pieces, so that it is never copied.
 */
export class TextBlob {
  readonly #segments: Buffer[] = [];
  /** Where each row's text begins, as a place in the pieces. */
  #starts: Uint32Array;
  #used = SEGMENT_BYTES;
  /** How far each piece is filled. */
  readonly #ends: number[] = [];
  #count = 0;

  constructor(rows: number) {
    this.#starts = new Uint32Array(rows);
  }

  /** Rows whose text was begun. */
  get count(): number {
    return this.#count;
  }

  /** Begins the next row's text. @param fields how many there will be at most */
  beginRow(fields: number): void {
    if (this.#used + fields * (MOST_FIELD_BYTES + 1) + 1 > SEGMENT_BYTES) {
      if (this.#segments.length > 0) this.#ends.push(this.#used);
      this.#segments.push(Buffer.allocUnsafeSlow(SEGMENT_BYTES));
      this.#used = 0;
    }
    if (this.#count === this.#starts.length) {
      const larger = new Uint32Array(this.#count * 2 + 256);
      larger.set(this.#starts);
      this.#starts = larger;
    }
    this.#starts[this.#count++] = (this.#segments.length - 1) * SEGMENT_BYTES + this.#used;
  }

  /** Adds a field that is ASCII. */
  addAscii(bytes: Uint8Array, from: number, to: number): void {
    const into = this.#last;
    const end = Math.min(to, from + MOST_FIELD_BYTES);
    let used = this.#used;
    for (let at = from; at < end; at++) into[used++] = lowered(bytes[at] ?? 0);
    into[used++] = FIELD_END;
    this.#used = used;
  }

  /** Adds any other field. */
  addText(text: string): void {
    // A letter takes three bytes at most, and some grow in lower case.
    const clean = searchable(text.slice(0, MOST_FIELD_BYTES));
    this.#used += this.#last.write(clean, this.#used, MOST_FIELD_BYTES, 'utf8');
    this.#last[this.#used++] = FIELD_END;
  }

  endRow(): void {
    this.#last[this.#used++] = ROW_END;
  }

  /** The pieces; a place is the number of its piece in the upper bits, and where it lies there. */
  get segments(): readonly Buffer[] {
    return this.#segments;
  }

  /** Where each row's field begins. @param field its place in the row */
  fieldStarts(field: number): Uint32Array {
    const places = this.#starts.slice(0, this.#count);
    for (let row = 0; field > 0 && row < places.length; row++) {
      const start = places[row] ?? 0;
      const bytes = this.#segments[start >>> SEGMENT_BITS] ?? NOTHING;
      let at = start & SEGMENT_MASK;
      for (let passed = 0; passed < field; at++) if (bytes[at] === FIELD_END) passed++;
      places[row] = start + at - (start & SEGMENT_MASK);
    }
    return places;
  }

  /** Bytes of the field that begins there. */
  fieldLength(place: number): number {
    const bytes = this.#segments[place >>> SEGMENT_BITS] ?? NOTHING;
    const start = place & SEGMENT_MASK;
    let at = start;
    while (at < bytes.length && bytes[at] !== FIELD_END) at++;
    return at - start;
  }

  /** Calls back for each row that holds the text, in ascending order. @param wanted as `searchable` makes it, not empty */
  search(wanted: string, found: (row: number) => void): void {
    const needle = Buffer.from(wanted);
    let row = 0;
    for (const segment of this.#segments.keys()) {
      const end = this.#endOf(segment, row);
      // Each call for the next hit costs as much as a few hundred bytes: where every tenth row holds it, looking is quicker.
      const tried = Math.min(row + SAMPLE, end);
      const hits = this.#look(segment, needle, row, tried, found);
      if (hits * 12 > tried - row) this.#look(segment, needle, tried, end, found);
      else this.#leap(segment, needle, tried, end, found);
      row = end;
    }
  }

  /** The first row behind a piece. @param row the first one of it */
  #endOf(segment: number, row: number): number {
    if (segment === this.#segments.length - 1) return this.#count;
    return this.#rowAt((segment + 1) * SEGMENT_BYTES - 1, row) + 1;
  }

  /** Looks at each byte. @returns how many rows hold it */
  #look(segment: number, needle: Buffer, from: number, to: number, found: (row: number) => void): number {
    const bytes = this.#segments[segment] ?? NOTHING;
    const [first] = needle;
    let hits = 0;
    for (let row = from; row < to; row++) {
      for (let at = (this.#starts[row] ?? 0) & SEGMENT_MASK; bytes[at] !== ROW_END; at++) {
        if (bytes[at] !== first || !standsAt(needle, bytes, at)) continue;
        found(row);
        hits++;
        break;
      }
    }
    return hits;
  }

  /** Leaps from hit to hit. */
  #leap(segment: number, needle: Buffer, from: number, to: number, found: (row: number) => void): void {
    const bytes = this.#segments[segment] ?? NOTHING;
    const base = segment * SEGMENT_BYTES;
    for (let row = from; row < to;) {
      const at = bytes.indexOf(needle, (this.#starts[row] ?? 0) - base);
      // Behind the last row lies what was never written.
      if (at < 0 || base + at >= this.#endPlace(segment)) return;
      row = this.#rowAt(base + at, row);
      found(row++);
    }
  }

  #endPlace(segment: number): number {
    const isLast = segment === this.#segments.length - 1;
    return segment * SEGMENT_BYTES + (isLast ? this.#used : (this.#ends[segment] ?? SEGMENT_BYTES));
  }

  get #last(): Buffer {
    return this.#segments.at(-1) ?? NOTHING;
  }

  /** The row whose text holds this place: hits ascend, so it is mostly near the one before. */
  #rowAt(place: number, from: number): number {
    const starts = this.#starts;
    let low = from;
    let step = 1;
    while (low + step < this.#count && (starts[low + step] ?? 0) <= place) {
      low += step;
      step *= 2;
    }
    let high = Math.min(low + step, this.#count);
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] ?? 0) <= place) low = middle;
      else high = middle;
    }
    return low;
  }
}

const NOTHING: Buffer = Buffer.alloc(0);

function standsAt(needle: Buffer, bytes: Buffer, at: number): boolean {
  for (let next = 1; next < needle.length; next++) if (bytes[at + next] !== needle[next]) return false;
  return true;
}

function lowered(byte: number): number {
  if (byte >= 0x41 && byte <= 0x5a) return byte + 0x20;
  return byte < 0x20 ? 0x20 : byte;
}

/** A text as it is searched in and for: in lower case, without control characters. */
export function searchable(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/\p{Cc}/gu, ' ')
    .toWellFormed();
}

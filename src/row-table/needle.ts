/** A text that is looked for in many short ones: where a byte does not fit, it leaps as far as it can (Boyer, Moore, Horspool). */
export class Needle {
  readonly #bytes: Uint8Array;
  /** How far to go on where this byte stands at the text's last place. */
  readonly #leaps: Uint8Array;

  /** @param bytes not empty */
  constructor(bytes: Uint8Array) {
    const most = bytes.length - 1;
    this.#bytes = bytes;
    this.#leaps = new Uint8Array(256).fill(Math.min(bytes.length, 255));
    for (let at = 0; at < most; at++) this.#leaps[bytes[at] ?? 0] = Math.min(most - at, 255);
  }

  /** Whether it stands in a part of these. */
  standsIn(haystack: Uint8Array, from: number, to: number): boolean {
    const [needle, leaps] = [this.#bytes, this.#leaps];
    const last = needle.length - 1;
    const wanted = needle[last];
    for (let at = from + last; at < to;) {
      const byte = haystack[at] ?? 0;
      if (byte === wanted) {
        let same = 1;
        while (same <= last && haystack[at - same] === needle[last - same]) same++;
        if (same > last) return true;
      }
      at += leaps[byte] ?? 1;
    }
    return false;
  }
}

/**
 * A text that is looked for in many short ones: where a byte does not fit, it leaps as far as it can (Boyer, Moore, Horspool). It looks from
 * that end of a text at which it mostly stood before: what is part of a name comes first in a row, what is part of a file last.
 */
export class Needle {
  readonly #bytes: Uint8Array;
  /** How far to go on where this byte stands at the needle's last place, and how far back where it stands at its first. */
  readonly #leaps: Uint8Array;
  readonly #leapsBack: Uint8Array;
  /** Hits in the latter half of a text less those in the first one. */
  #late = 0;

  /** @param bytes not empty */
  constructor(bytes: Uint8Array) {
    const last = bytes.length - 1;
    const most = Math.min(bytes.length, 255);
    this.#bytes = bytes;
    this.#leaps = new Uint8Array(256).fill(most);
    this.#leapsBack = new Uint8Array(256).fill(most);
    for (let at = 0; at < last; at++) this.#leaps[bytes[at] ?? 0] = Math.min(last - at, 255);
    for (let at = last; at > 0; at--) this.#leapsBack[bytes[at] ?? 0] = Math.min(at, 255);
  }

  /** Whether it stands in a part of these. */
  standsIn(haystack: Uint8Array, from: number, to: number): boolean {
    const at = this.#late > 0 ? this.#backward(haystack, from, to) : this.#forward(haystack, from, to);
    if (at < 0) return false;
    this.#late += at - from > to - at ? 1 : -1;
    return true;
  }

  #forward(haystack: Uint8Array, from: number, to: number): number {
    const [needle, leaps] = [this.#bytes, this.#leaps];
    const last = needle.length - 1;
    const wanted = needle[last];
    for (let at = from + last; at < to;) {
      const byte = haystack[at] ?? 0;
      if (byte === wanted && this.#isAt(haystack, at - last)) return at;
      at += leaps[byte] ?? 1;
    }
    return -1;
  }

  #backward(haystack: Uint8Array, from: number, to: number): number {
    const [needle, leaps] = [this.#bytes, this.#leapsBack];
    const [wanted] = needle;
    for (let at = to - needle.length; at >= from;) {
      const byte = haystack[at] ?? 0;
      if (byte === wanted && this.#isAt(haystack, at)) return at;
      at -= leaps[byte] ?? 1;
    }
    return -1;
  }

  #isAt(haystack: Uint8Array, start: number): boolean {
    const needle = this.#bytes;
    let same = 0;
    while (same < needle.length && haystack[start + same] === needle[same]) same++;
    return same === needle.length;
  }
}

import { decodeCell } from './cell.ts';

const SLOTS = 256;
/** Longer cells are not worth a look. */
const LONGEST = 48;

/**
 * Decodes the cells of a column whose words repeat, as types do: a word that was met before is the same string again, which costs
 * neither memory nor the garbage collector's time.
 */
export class RepeatedTexts {
  readonly #raw = new Array<Uint8Array | undefined>(SLOTS);
  readonly #texts = new Array<string>(SLOTS).fill('');

  /** The text of a cell's raw bytes, as `decodeCell` gives it. */
  decode(bytes: Buffer, from: number, to: number): string {
    const length = to - from;
    if (length > LONGEST) return decodeCell(bytes, from, to);
    let hash = length;
    for (let at = from; at < to; at++) hash = Math.imul(hash, 31) + (bytes[at] ?? 0);
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = this.#raw[slot];
    if (known !== undefined && isSame(known, bytes, from, length)) return this.#texts[slot] ?? '';
    const text = decodeCell(bytes, from, to);
    this.#raw[slot] = Uint8Array.from(bytes.subarray(from, to));
    this.#texts[slot] = text;
    return text;
  }
}

function isSame(known: Uint8Array, bytes: Uint8Array, from: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let at = 0; at < length; at++) if (known[at] !== bytes[from + at]) return false;
  return true;
}

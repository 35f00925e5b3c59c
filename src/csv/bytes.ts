/** The bytes that have a meaning in a CSV. Every encoding that keeps ASCII keeps them. */
export const QUOTE = 0x22;
export const CR = 0x0d;
export const LF = 0x0a;
export const SPACE = 0x20;
export const TAB = 0x09;
export const HASH = 0x23;

/** ASCII white space, as `String.prototype.trim` sees it. */
export function isSpace(byte: number | undefined): boolean {
  return byte !== undefined && (byte === SPACE || (byte >= TAB && byte <= CR));
}

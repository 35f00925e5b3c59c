import { isUtf8 } from 'node:buffer';
import { QUOTE } from './bytes.ts';
import type { RecordDialect } from './dialect.ts';

/** A spreadsheet takes 32,767 characters in a cell; we stay clearly below. */
export const MAX_CELL_CHARACTERS = 32_000;

const windows1252 = new TextDecoder('windows-1252');

/**
 * The text of a cell's raw bytes, quotes and all. Bytes that are no UTF-8 are read as windows-1252, cell by cell.
 */
export function decodeCell(bytes: Buffer, start: number, end: number): string {
  if (start >= end) return '';
  if (bytes[start] !== QUOTE) return decodeText(bytes, start, end);
  let close = start + 1;
  let doubled = false;
  while (close < end) {
    if (bytes[close] === QUOTE) {
      if (close + 1 >= end || bytes[close + 1] !== QUOTE) break;
      doubled = true;
      close++;
    }
    close++;
  }
  const quoted = decodeText(bytes, start + 1, Math.min(close, end));
  const text = doubled ? quoted.replaceAll('""', '"') : quoted;
  return close + 1 < end ? text + decodeText(bytes, close + 1, end) : text;
}

function decodeText(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, end);
  if (!text.includes('\uFFFD')) return text;
  const raw = bytes.subarray(start, end);
  return isUtf8(raw) ? text : windows1252.decode(raw);
}

/**
 * The bytes (UTF-8) of a cell that rowtrail writes. A cell that was quoted stays quoted; others are quoted when they
 * have to be. Longer texts than {@link MAX_CELL_CHARACTERS} are cut, see {@link cutCell}.
 */
export function encodeCell(
  text: string,
  {
    delimiter,
    wasQuoted = false,
  }: { readonly delimiter: RecordDialect['delimiter']; readonly wasQuoted?: boolean },
): Buffer {
  const cut = cutCell(text);
  const quoted =
    wasQuoted || cut.includes(delimiter) || /["\r\n]/.test(cut) || cut.startsWith(' ') || cut.endsWith(' ');
  return Buffer.from(quoted ? `"${cut.replaceAll('"', '""')}"` : cut);
}

/**
 * The text as it may stand in a cell: at most {@link MAX_CELL_CHARACTERS} UTF-16 units, the rest replaced by `…+N`, N
 * being how many were left out. A NUL would make the file unreadable, for us too: it becomes U+FFFD.
 */
export function cutCell(text: string): string {
  if (text.length <= MAX_CELL_CHARACTERS && !text.includes('\0') && text.isWellFormed()) return text;
  const clean = text.replaceAll('\0', '\uFFFD').toWellFormed();
  if (clean.length <= MAX_CELL_CHARACTERS) return clean;
  const longestMark = `…+${clean.length}`.length;
  let kept = MAX_CELL_CHARACTERS - longestMark;
  if (isHighSurrogate(clean.charCodeAt(kept - 1))) kept--;
  return `${clean.slice(0, kept)}…+${clean.length - kept}`;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

import { isUtf8 } from 'node:buffer';
import { CR, LF, QUOTE } from './bytes.ts';
import type { RecordDialect } from './dialect.ts';
import type { OutputBuffer } from './output-buffer.ts';

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

/** Whether a cell's raw bytes say what they would say after this text was written into it. */
export function cellSays(bytes: Buffer, start: number, end: number, text: string): boolean {
  const length = Math.min(end - start, text.length);
  if (bytes[start] !== QUOTE && text.length <= MAX_CELL_CHARACTERS) {
    let at = 0;
    while (at < length) {
      const byte = bytes[start + at] ?? 0;
      if (byte >= 0x80) break;
      if (byte !== text.charCodeAt(at)) return false;
      at++;
    }
    if (at === length) return end - start === text.length;
  }
  return decodeCell(bytes, start, end) === cutCell(text);
}

/** Appends what {@link encodeCell} makes of the text; most texts are ASCII and need no buffer of their own. */
export function appendCell(
  out: OutputBuffer,
  text: string,
  { delimiter, wasQuoted }: { readonly delimiter: RecordDialect['delimiter']; readonly wasQuoted: boolean },
): void {
  const quoted = wasQuoted || text.startsWith(' ') || text.endsWith(' ');
  const kind = text.length > SHORT_CHARACTERS ? 'other' : kindOf(text, delimiter.charCodeAt(0));
  if (kind === 'other') return out.append(encodeCell(text, { delimiter, wasQuoted }));
  out.reserve(text.length + 2);
  const { bytes } = out;
  let { filled } = out;
  const inQuotes = quoted || kind === 'quoted';
  if (inQuotes) bytes[filled++] = QUOTE;
  for (let at = 0; at < text.length; at++) bytes[filled++] = text.charCodeAt(at);
  if (inQuotes) bytes[filled++] = QUOTE;
  out.filled = filled;
  return undefined;
}

const SHORT_CHARACTERS = 256;

/** How a text has to be written: as it is, in quotes, or with some of it changed. */
function kindOf(text: string, delimiter: number): 'plain' | 'quoted' | 'other' {
  let kind: 'plain' | 'quoted' = 'plain';
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80 || unit === QUOTE || unit === 0) return 'other';
    if (unit === delimiter || unit === LF || unit === CR) kind = 'quoted';
  }
  return kind;
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

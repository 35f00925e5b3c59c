import { DOWNLOAD_STATUSES, isDownloadStatus } from '../row/index.ts';
import { isSpace, QUOTE, SPACE } from './bytes.ts';
import { decodeCell } from './cell.ts';
import type { Layout } from './layout.ts';
import { isPlaceholder, LONGEST_PLACEHOLDER } from './placeholder.ts';
import type { RecordSpans } from './record-scanner.ts';
import { linkBit, shapeBits, statusBits, type StatusText } from './row-flags.ts';

/**
 * Reads from a record's bytes what the index keeps of a row. It looks at bytes where it can: a million rows would
 * otherwise cost five million strings.
 */
export class RowReader {
  readonly #layout: Layout;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** The row's flags (see row-flags.ts). `start` is the offset of the record's first byte. */
  flags(bytes: Buffer, start: number, record: RecordSpans): number {
    const { youtube, drive, tracking, header } = this.#layout;
    return (
      statusBits('youtube', this.#status(bytes, start, record, tracking.youtube_status)) |
      statusBits('drive', this.#status(bytes, start, record, tracking.drive_status)) |
      linkBit('youtube', this.#hasLink(bytes, start, record, youtube)) |
      linkBit('drive', this.#hasLink(bytes, start, record, drive)) |
      shapeBits(record.cellCount, header.length)
    );
  }

  #status(bytes: Buffer, start: number, record: RecordSpans, column: number): StatusText {
    if (column < 0 || column >= record.cellCount) return '';
    const from = start + record.start(column);
    const to = start + record.end(column);
    if (from === to) return '';
    for (const [word, status] of WORDS) if (standsAt(word, bytes, from, to)) return status;
    const status = decodeCell(bytes, from, to).trim().toLowerCase();
    return status === '' || isDownloadStatus(status) ? status : 'unknown';
  }

  #hasLink(bytes: Buffer, start: number, record: RecordSpans, column: number): boolean {
    if (column < 0 || column >= record.cellCount) return false;
    const from = start + record.start(column);
    const to = start + record.end(column);
    if (from === to) return false;
    return isTooLongForPlaceholder(bytes, from, to) || !isPlaceholder(decodeCell(bytes, from, to));
  }
}

/** The statuses as rowtrail itself writes them. */
const WORDS = DOWNLOAD_STATUSES.map((status) => [Buffer.from(status), status] as const);

function standsAt(word: Buffer, bytes: Buffer, from: number, to: number): boolean {
  if (word.length !== to - from) return false;
  for (let at = 0; at < word.length; at++) if (bytes[from + at] !== word[at]) return false;
  return true;
}

/** True where first and last byte alone show that the trimmed text is too long; they are all that a usual link costs. */
function isTooLongForPlaceholder(bytes: Buffer, from: number, to: number): boolean {
  let first = from;
  let last = to - 1;
  // A quote that was doubled, or stands behind the closing one, is no part of a placeholder either.
  if (bytes[first] === QUOTE && bytes[last] === QUOTE && last > first) {
    first++;
    last--;
  }
  return last - first >= LONGEST_PLACEHOLDER && isInk(bytes[first]) && isInk(bytes[last]);
}

/** ASCII that is neither white space nor a control character nor a quote. */
function isInk(byte: number | undefined): boolean {
  return byte !== undefined && byte > SPACE && byte < 0x7f && byte !== QUOTE;
}

/** Finds a cell's trimmed text within its bytes where that needs no decoding. */
export class PlainCell {
  start = 0;
  end = 0;

  /** True when `start` and `end` now bound the trimmed text; false when the cell has to be decoded. */
  read(bytes: Uint8Array, from: number, to: number): boolean {
    let start = from;
    let end = to;
    if (bytes[start] === QUOTE) {
      start++;
      end--;
      if (end < start || bytes[end] !== QUOTE) return false;
      for (let at = start; at < end; at++) if (bytes[at] === QUOTE) return false;
    }
    while (start < end && isSpace(bytes[start])) start++;
    while (end > start && isSpace(bytes[end - 1])) end--;
    for (let at = start; at < end; at++) if ((bytes[at] ?? 0) >= 0x80) return false;
    this.start = start;
    this.end = end;
    return true;
  }
}

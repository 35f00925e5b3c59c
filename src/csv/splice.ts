import {
  type DownloadType,
  statusColumn,
  TRACKING_COLUMNS,
  type TrackingCells,
  type TrackingColumn,
} from '../row/index.ts';
import { QUOTE } from './bytes.ts';
import { cutCell, encodeCell } from './cell.ts';
import { cellText } from './csv-row.ts';
import type { Dialect } from './dialect.ts';
import type { Layout } from './layout.ts';
import type { RecordView } from './record-window.ts';

/** Bytes that take the place of a record's bytes `start` to `end` (from its first byte). */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
}

export interface SpliceRules {
  readonly dialect: Dialect;
  /** Of the file as it is. */
  readonly layout: Layout;
  /** Of the file as it will be. */
  readonly newLayout: Layout;
}

/**
 * What changes in one row's record: the cells in `edits` whose text differs, and behind its last cell what is missing.
 * A full row gets the new columns; a short row is padded only when a cell that is not empty has to be written
 * behind its end. In order of `start`; empty when nothing changes.
 */
export function spliceRow(
  record: RecordView,
  edits: Partial<TrackingCells> | undefined,
  hasLink: (type: DownloadType) => boolean,
  { dialect, layout, newLayout }: SpliceRules,
): readonly Splice[] {
  const { bytes, start, spans } = record;
  const splices: Splice[] = [];
  let writesBehindEnd = false;
  for (const column of TRACKING_COLUMNS) {
    const text = edits?.[column];
    if (text === undefined) continue;
    const position = newLayout.tracking[column];
    if (position >= spans.cellCount) {
      writesBehindEnd ||= text !== '';
    } else if (cellText(record, position) !== cutCell(text)) {
      const cellStart = spans.start(position);
      const wasQuoted = spans.end(position) > cellStart && bytes[start + cellStart] === QUOTE;
      splices.push({
        start: cellStart,
        end: spans.end(position),
        bytes: encodeCell(text, { delimiter: dialect.delimiter, wasQuoted }),
      });
    }
  }
  splices.sort((one, other) => one.start - other.start);

  const isFull = spans.cellCount === layout.header.length;
  if (isFull ? newLayout.header.length > layout.header.length : writesBehindEnd) {
    const end = spans.contentLength;
    const tail = appendedCells(spans.cellCount, edits, hasLink, { dialect, layout, newLayout });
    splices.push({ start: end, end, bytes: tail });
  }
  return splices;
}

/**
 * The bytes of the cells from position `from` to the end of the new header, with their delimiters. A new status
 * column says `pending` where there is a link.
 */
export function appendedCells(
  from: number,
  edits: Partial<TrackingCells> | undefined,
  hasLink: (type: DownloadType) => boolean,
  { dialect, layout, newLayout }: SpliceRules,
): Buffer {
  const texts = newLayout.header.slice(from).map(() => '');
  for (const column of TRACKING_COLUMNS) {
    const position = newLayout.tracking[column];
    if (position >= from) texts[position - from] = edits?.[column] ?? startText(column, hasLink, layout);
  }
  const { delimiter } = dialect;
  return Buffer.concat(texts.flatMap((text) => [Buffer.from(delimiter), encodeCell(text, { delimiter })]));
}

function startText(column: TrackingColumn, hasLink: (type: DownloadType) => boolean, layout: Layout): string {
  if (layout.tracking[column] >= 0) return '';
  if (column === statusColumn('youtube')) return hasLink('youtube') ? 'pending' : '';
  if (column === statusColumn('drive')) return hasLink('drive') ? 'pending' : '';
  return '';
}

/** The header's new cells. */
export function appendedHeader({ dialect, layout, newLayout }: SpliceRules): Buffer {
  const names = newLayout.header.slice(layout.header.length);
  return Buffer.from(names.map((name) => dialect.delimiter + name).join(''));
}

/** The record's bytes after the splices. */
export function splicedRecord({ bytes, start, spans }: RecordView, splices: readonly Splice[]): Buffer {
  const pieces: Buffer[] = [];
  let copied = 0;
  for (const splice of splices) {
    pieces.push(bytes.subarray(start + copied, start + splice.start), splice.bytes);
    copied = splice.end;
  }
  pieces.push(bytes.subarray(start + copied, start + spans.contentLength));
  return Buffer.concat(pieces);
}

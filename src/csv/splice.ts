import {
  type DownloadType,
  statusColumn,
  TRACKING_COLUMNS,
  type TrackingCells,
  type TrackingColumn,
} from '../row/index.ts';
import { QUOTE } from './bytes.ts';
import { appendCell, cellSays } from './cell.ts';
import type { Dialect } from './dialect.ts';
import { type Layout, withTrackingColumns } from './layout.ts';
import type { OutputBuffer } from './output-buffer.ts';
import type { RecordView } from './record-window.ts';
import type { SplicedFile } from './spliced-file.ts';

export interface SpliceRules {
  readonly dialect: Dialect;
  /** Of the file as it is. */
  readonly layout: Layout;
  /** Of the file as it will be. */
  readonly newLayout: Layout;
  /** The tracking columns of the new file and where they stand. */
  readonly inFileOrder: readonly { readonly column: TrackingColumn; readonly position: number }[];
}

/** @param addTrackingColumns whether the new file gets those that the old one lacks */
export function spliceRules(dialect: Dialect, layout: Layout, addTrackingColumns: boolean): SpliceRules {
  const newLayout = addTrackingColumns ? withTrackingColumns(layout) : layout;
  const inFileOrder = TRACKING_COLUMNS.map((column) => ({ column, position: newLayout.tracking[column] }))
    .filter(({ position }) => position >= 0)
    .toSorted((one, other) => one.position - other.position);
  return { dialect, layout, newLayout, inFileOrder };
}

/**
 * Writes what changes in one row's record: the cells in `edits` whose text differs, and behind its last cell what is missing.
 * A full row gets the new columns; a short row is padded only when a cell that is not empty has to be written behind
 * its end. What stays behind the last change is left to be copied.
 * @param offset of the record in the old file, whose bytes before it are copied or held by the window
 * @returns whether anything changed; nothing was written if not
 */
export function spliceRow(
  file: SplicedFile,
  { bytes, start, spans }: RecordView,
  offset: number,
  edits: Partial<TrackingCells>,
  hasLink: (type: DownloadType) => boolean,
  rules: SpliceRules,
): boolean {
  const { dialect, layout, newLayout, inFileOrder } = rules;
  let changed = false;
  let writesBehindEnd = false;
  for (const { column, position } of inFileOrder) {
    const text = edits[column];
    if (text === undefined) continue;
    if (position >= spans.cellCount) {
      writesBehindEnd ||= text !== '';
      continue;
    }
    const from = spans.start(position);
    const to = spans.end(position);
    if (cellSays(bytes, start + from, start + to, text)) continue;
    file.copyHeld(offset + from);
    const wasQuoted = to > from && bytes[start + from] === QUOTE;
    appendCell(file.out, text, { delimiter: dialect.delimiter, wasQuoted });
    file.skipUntil(offset + to);
    changed = true;
  }
  const isFull = spans.cellCount === layout.header.length;
  if (isFull ? newLayout.header.length > layout.header.length : writesBehindEnd) {
    file.copyHeld(offset + spans.contentLength);
    appendCells(file.out, spans.cellCount, edits, hasLink, rules);
    changed = true;
  }
  return changed;
}

/**
 * Appends the cells from position `from` to the end of the new header, with their delimiters. A new status column says
 * `pending` where there is a link.
 */
export function appendCells(
  out: OutputBuffer,
  from: number,
  edits: Partial<TrackingCells>,
  hasLink: (type: DownloadType) => boolean,
  { dialect, layout, newLayout, inFileOrder }: SpliceRules,
): void {
  const { delimiter } = dialect;
  const delimiterByte = delimiter.charCodeAt(0);
  let next = inFileOrder.findIndex(({ position }) => position >= from);
  for (let cell = from; cell < newLayout.header.length; cell++) {
    out.appendByte(delimiterByte);
    const tracked = inFileOrder[next];
    if (tracked?.position !== cell) continue;
    const { column } = tracked;
    appendCell(out, edits[column] ?? startText(column, hasLink, layout), { delimiter, wasQuoted: false });
    next++;
  }
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

import { RowContext, type TrackingCells, type TrackingColumn } from '../row/index.ts';
import { decodeCell } from './cell.ts';
import type { Layout } from './layout.ts';
import { isPlaceholder } from './placeholder.ts';
import type { RecordView } from './record-window.ts';
import type { RepeatedTexts } from './repeated-texts.ts';

/** One row, decoded. */
export interface CsvRow {
  /** Position among the data rows, from 0. */
  readonly index: number;
  /** Physical line, from 1. */
  readonly line: number;
  readonly context: RowContext;
  /** The link cells, trimmed; '' for a placeholder. */
  readonly links: { readonly youtube: string; readonly drive: string };
  /** As they stand there; '' where a cell or its column is missing. */
  readonly tracking: TrackingCells;
}

/** Decodes a record. `type`, `name` and `email` are exact; row_id is trimmed. */
export function decodeRow(view: RecordView, layout: Layout, index: number, line: number): CsvRow {
  const text = (column: number) => cellText(view, column);
  const context = decodeContext(view, layout, index);
  const link = (column: number) => {
    const trimmed = text(column).trim();
    return isPlaceholder(trimmed) ? '' : trimmed;
  };
  const tracked = (column: TrackingColumn) => text(layout.tracking[column]);
  return {
    index,
    line,
    context,
    links: { youtube: link(layout.youtube), drive: link(layout.drive) },
    tracking: {
      youtube_status: tracked('youtube_status'),
      youtube_files: tracked('youtube_files'),
      youtube_media_id: tracked('youtube_media_id'),
      drive_status: tracked('drive_status'),
      drive_files: tracked('drive_files'),
      drive_media_id: tracked('drive_media_id'),
      last_download_attempt: tracked('last_download_attempt'),
      download_errors: tracked('download_errors'),
    },
  };
}

/**
 * Who the row is, without its links and tracking cells.
 * @param types for reading many rows
 */
export function decodeContext(
  view: RecordView,
  layout: Layout,
  index: number,
  types?: RepeatedTexts,
): RowContext {
  return new RowContext({
    rowId: cellText(view, layout.rowId).trim(),
    rowIndex: index,
    type: cellText(view, layout.type, types),
    name: cellText(view, layout.name),
    email: cellText(view, layout.email),
  });
}

/** The decoded text of a cell; '' where the record has none. */
export function cellText(
  { bytes, start, spans }: RecordView,
  column: number,
  repeated?: RepeatedTexts,
): string {
  if (column < 0 || column >= spans.cellCount) return '';
  const from = start + spans.start(column);
  const to = start + spans.end(column);
  return repeated === undefined ? decodeCell(bytes, from, to) : repeated.decode(bytes, from, to);
}

import { TRACKING_COLUMNS, type TrackingColumn } from '../row/index.ts';
import type { ColumnMapping } from './column-mapping.ts';

/** Positions of the columns that matter, from 0; -1 where the header has no such column. */
export interface Layout {
  /** All header names, decoded and trimmed. */
  readonly header: readonly string[];
  readonly rowId: number;
  readonly name: number;
  readonly email: number;
  readonly type: number;
  readonly youtube: number;
  readonly drive: number;
  readonly tracking: Readonly<Record<TrackingColumn, number>>;
  readonly missingTrackingColumns: readonly TrackingColumn[];
}

/** Where the columns are; of several with one name the first counts. */
export function layoutOf(header: readonly string[], columns: ColumnMapping): Layout {
  const at = (name: string) => header.indexOf(name.trim());
  return {
    header,
    rowId: at(columns.rowId),
    name: at(columns.name),
    email: at(columns.email),
    type: at(columns.type),
    youtube: at(columns.youtube),
    drive: at(columns.drive),
    tracking: trackingPositions(header),
    missingTrackingColumns: TRACKING_COLUMNS.filter((name) => !header.includes(name)),
  };
}

/** The layout after the missing tracking columns were appended. */
export function withTrackingColumns(layout: Layout): Layout {
  const header = [...layout.header, ...layout.missingTrackingColumns];
  return { ...layout, header, tracking: trackingPositions(header), missingTrackingColumns: [] };
}

function trackingPositions(header: readonly string[]): Record<TrackingColumn, number> {
  const at = (name: TrackingColumn) => header.indexOf(name);
  return {
    youtube_status: at('youtube_status'),
    youtube_files: at('youtube_files'),
    youtube_media_id: at('youtube_media_id'),
    drive_status: at('drive_status'),
    drive_files: at('drive_files'),
    drive_media_id: at('drive_media_id'),
    last_download_attempt: at('last_download_attempt'),
    download_errors: at('download_errors'),
  };
}

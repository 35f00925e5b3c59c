import type { DownloadType } from './download-type.ts';

/** The eight columns that rowtrail writes, in the order in which it adds them (API reference). */
export const TRACKING_COLUMNS = [
  'youtube_status',
  'youtube_files',
  'youtube_media_id',
  'drive_status',
  'drive_files',
  'drive_media_id',
  'last_download_attempt',
  'download_errors',
] as const;
export type TrackingColumn = (typeof TRACKING_COLUMNS)[number];

/** A row's tracking cells, decoded. */
export type TrackingCells = Readonly<Record<TrackingColumn, string>>;

export const statusColumn = (type: DownloadType) => `${type}_status` as const;
export const filesColumn = (type: DownloadType) => `${type}_files` as const;
export const mediaIdColumn = (type: DownloadType) => `${type}_media_id` as const;

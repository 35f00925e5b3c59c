export { DownloadResult, type DownloadResultFields } from './download-result.ts';
export {
  DOWNLOAD_TYPES,
  downloadTypesOf,
  isDownloadType,
  type DownloadType,
  type DownloadTypeFilter,
} from './download-type.ts';
export {
  itemKey,
  type DownloadKey,
  type ItemFailure,
  type ItemKey,
  type ItemKind,
  type ItemResult,
  type StoredFile,
} from './item.ts';
export { asRowContext, RowContext, type RowContextFields } from './row-context.ts';
export { DOWNLOAD_STATUSES, isDownloadStatus, type DownloadStatus } from './status.ts';
export {
  filesColumn,
  mediaIdColumn,
  statusColumn,
  TRACKING_COLUMNS,
  type TrackingCells,
  type TrackingColumn,
} from './tracking-columns.ts';

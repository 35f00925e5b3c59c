export { failuresCsv } from './failures-csv.ts';
export { fileLock, isLockHeld } from './file-lock.ts';
export type { CsvTracker, TrackerOptions } from './csv-tracker.ts';
export { ensureTrackingColumns } from './ensure-tracking-columns.ts';
export {
  countStatuses,
  type DownloadStatusSummary,
  getDownloadStatusSummary,
  type TypeSummary,
} from './get-download-status-summary.ts';
export { type FailedOptions, getFailedDownloads } from './get-failed-downloads.ts';
export { getPendingDownloads, iteratePending } from './get-pending-downloads.ts';
export { type FailedDownload, type FailureOptions, listFailures } from './list-failures.ts';
export { type LedgerPlace, openKnownLedger } from './open-known-ledger.ts';
export { fileNumber, lendTracker, type LentTracker, withTracker } from './open-tracker.ts';
export { outcomeOf } from './outcome.ts';
export { LEDGER_FOLDER, type Place, placeOf } from './place.ts';
export { recordedFields } from './rebuild/log-format.ts';
export { CHANGE_LOG } from './change-log.ts';
export { isPending, type PendingOptions, stateOf } from './pending.ts';
export { resetDownloads, resetDownloadStatus, type ResetOptions } from './reset-download-status.ts';
export type { EffectiveStatus, StatusOverlay } from './status-overlay.ts';
export { updateCsvDownloadStatus } from './update-csv-download-status.ts';

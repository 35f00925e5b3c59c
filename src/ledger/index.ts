export { adoptionId, isAdoption } from './adoption.ts';
export type { CausePage, ChangePage } from './change-page.ts';
export type { HeldDownload, HeldItem, ItemLoss, LedgerCustody } from './custody.ts';
export { errorEntry, MAX_ERROR_ENTRIES, plainText, readErrorEntries } from './error-entry.ts';
export type {
  AttemptTotals,
  FailedAttempt,
  FileTotals,
  GenerationRecord,
  ItemFile,
  ItemRecord,
  LedgerHistory,
  MetricSample,
  PastAttempt,
} from './history.ts';
export type {
  AdoptRecord,
  AttemptRecord,
  BeginRecord,
  BegunDownload,
  CsvMark,
  CsvStep,
  DownloadReason,
  DownloadScope,
  DownloadState,
  ErrorEntry,
  FileRecord,
  Ledger,
  LedgerRow,
  Outcome,
  ProjectedRow,
  RowIdentity,
} from './ledger.ts';
export type { LoggedAttempt, LoggedChange, RestoredRow } from './replay.ts';
export { moveIntoStore } from './move-into-store.ts';
export type { Alongside, AlongsideKind } from './postgres/alongside.ts';
export { CsvStore, type StoreDatabase } from './postgres/csv-store.ts';
export {
  listWorkers,
  type PresenceOptions,
  type SeenWorker,
  WorkerPresence,
  type WorkerWork,
} from './postgres/workers.ts';
export { type LeaseTerms, RUN_LEASE } from './postgres/lease-terms.ts';
export type { RecordedAttempt } from './postgres/recorded.ts';
export type { SharedLedger } from './postgres/postgres-ledger.ts';
export type { StoredCsv } from './postgres/csvs.ts';
export { fromStored, toStored } from './postgres/safe-text.ts';
export type { Asking, Store } from './postgres/store.ts';
export type { CsvTask, StoreLock } from './postgres/locks.ts';
export { prepareLedgerThread } from './sqlite/thread/index.ts';
export { openLedgerCopy, openSqliteLedger, setAsideLedger } from './sqlite/client.ts';
export { rebuildSqliteLedger } from './sqlite/rebuild.ts';
export { stateOf as ledgerStateOf } from './sqlite/copy-for-reading.ts';
export {
  type OpenStatusPage,
  STATUS_OF_RUN,
  STATUS_PERMANENT,
  STATUS_TRANSCRIPT,
  type StatusCursor,
  type StatusPage,
} from './status-page.ts';

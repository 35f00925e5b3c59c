export { plainText, readErrorEntries } from './error-entry.ts';
export type {
  AttemptRecord,
  BeginRecord,
  CsvMark,
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
export { openSqliteLedger } from './sqlite/client.ts';

export { plainText, readErrorEntries } from './error-entry.ts';
export type {
  AdoptRecord,
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
  StatusEntry,
} from './ledger.ts';
export { openSqliteLedger, setAsideLedger } from './sqlite/client.ts';

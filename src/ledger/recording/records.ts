import type { DownloadStatus, DownloadType, TrackingCells } from '../../row/index.ts';
import type {
  DownloadScope,
  DownloadState,
  ErrorEntry,
  FileRecord,
  LedgerRow,
  RowIdentity,
} from '../ledger.ts';

/** Rows of the tables as they are stored, and their way into the ledger's own types. */
export interface CsvRowRecord {
  row_id: string;
  type: string;
  name: string;
  email: string;
  seq: number;
  projected_seq: number;
  projected: string | null;
  blocked: string | null;
}

export interface DownloadRecord {
  row_id: string;
  download_type: DownloadType;
  generation: number;
  lease: number;
  row_type: string;
  link: string | null;
  status: DownloadStatus;
  attempts: number;
  cause: string | null;
  message: string | null;
  permanent: number;
  not_before: string | null;
  scope: DownloadScope;
  last_attempt: string | null;
  media_ids: string;
  files: string;
  file_count: number;
  bytes: number;
  errors: string;
  run_id: string | null;
}

export interface FileRow {
  row_id: string;
  download_type: DownloadType;
  item_key: string;
  path: string;
  folder: string | null;
  size: number | null;
  sha256: Buffer | null;
  type: string;
  person_name: string;
  email: string;
}

export function toDownloadState(record: DownloadRecord): DownloadState {
  return {
    rowId: record.row_id,
    downloadType: record.download_type,
    generation: record.generation,
    lease: record.lease,
    rowType: record.row_type,
    link: record.link,
    status: record.status,
    attempts: record.attempts,
    cause: record.cause,
    message: record.message,
    permanent: record.permanent !== 0,
    notBefore: record.not_before,
    scope: record.scope,
    lastAttempt: record.last_attempt,
    mediaIds: JSON.parse(record.media_ids) as string[],
    files: JSON.parse(record.files) as string[],
    errors: JSON.parse(record.errors) as ErrorEntry[],
    runId: record.run_id,
  };
}

export function toLedgerRow(record: CsvRowRecord, downloads: readonly DownloadRecord[]): LedgerRow {
  return {
    rowId: record.row_id,
    type: record.type,
    name: record.name,
    email: record.email,
    seq: record.seq,
    projectedSeq: record.projected_seq,
    projected: record.projected === null ? null : (JSON.parse(record.projected) as TrackingCells),
    blocked: record.blocked,
    downloads: Object.fromEntries(
      downloads.map((download) => [download.download_type, toDownloadState(download)]),
    ),
  };
}

export function toFileRecord(record: FileRow): FileRecord {
  return {
    rowId: record.row_id,
    downloadType: record.download_type,
    type: record.type,
    name: record.person_name,
    email: record.email,
    itemKey: record.item_key,
    path: record.path,
    folder: record.folder,
    size: record.size,
    sha256: record.sha256?.toString('hex') ?? null,
  };
}

/** A download that nothing has happened to. */
export function newDownload(
  row: RowIdentity,
  downloadType: DownloadType,
  link: string | null,
): DownloadRecord {
  return {
    row_id: row.rowId,
    download_type: downloadType,
    generation: 1,
    lease: 0,
    row_type: row.type,
    link,
    status: 'pending',
    attempts: 0,
    cause: null,
    message: null,
    permanent: 0,
    not_before: null,
    scope: 'full',
    last_attempt: null,
    media_ids: '[]',
    files: '[]',
    file_count: 0,
    bytes: 0,
    errors: '[]',
    run_id: null,
  };
}

/** The next generation of a download: nothing done, nothing tried. */
export function begunAnew(
  { download_type, generation, lease }: DownloadRecord,
  row: RowIdentity,
  link: string | null,
): DownloadRecord {
  return { ...newDownload(row, download_type, link), generation: generation + 1, lease: lease + 1 };
}

import type { CsvRow } from '../../csv/index.ts';
import { ErrorCategory } from '../../errors/index.ts';
import { type AdoptRecord, type ErrorEntry, readErrorEntries } from '../../ledger/index.ts';
import {
  DOWNLOAD_TYPES,
  type DownloadType,
  filesColumn,
  mediaIdColumn,
  statusColumn,
} from '../../row/index.ts';

const NEVER_RETRIED: ReadonlySet<string> = new Set([
  ErrorCategory.VALIDATION,
  ErrorCategory.PERMISSION,
  ErrorCategory.DATA_CORRUPTION,
]);

/** How many attempts a failed download's own cell tells of, and whether it was given up for good. */
export function attemptsInCell(
  row: CsvRow,
  downloadType: DownloadType,
): { readonly attempts: number; readonly permanent: boolean } {
  const { attempts, category } = readErrorEntries(row.tracking.download_errors, downloadType);
  return { attempts, permanent: category !== null && NEVER_RETRIED.has(category) };
}

/** What a row's own cells tell of downloads that ended; nothing of those that are pending. */
export function adoptable(row: CsvRow): AdoptRecord[] {
  return DOWNLOAD_TYPES.flatMap((downloadType) => {
    const record = recordOfCells(row, downloadType);
    return record === null || record.status === 'pending' ? [] : [record];
  });
}

/** What a row's own cells tell of a download; null where it has no link. */
export function recordOfCells(row: CsvRow, downloadType: DownloadType): AdoptRecord | null {
  if (row.links[downloadType] === '') return null;
  const { rowId, type, name, email } = row.context;
  const said = row.tracking[statusColumn(downloadType)].trim().toLowerCase();
  const status = said === 'completed' || said === 'failed' ? said : 'pending';
  const lastAttempt = row.tracking.last_download_attempt || null;
  return {
    row: { rowId, type, name, email },
    downloadType,
    link: row.links[downloadType],
    generation: 1,
    status,
    ...attemptsInCell(row, downloadType),
    lastAttempt,
    errors: entriesOf(row.tracking.download_errors, downloadType).map((text) => ({
      at: lastAttempt ?? '',
      text,
    })),
    items: [],
    mediaIds: listed(row.tracking[mediaIdColumn(downloadType)]),
    files: listed(row.tracking[filesColumn(downloadType)]),
    folder: null,
  };
}

/** The entries of a `download_errors` cell that are of one download type, the oldest first. */
export function entriesOf(cell: string, downloadType: DownloadType): ErrorEntry['text'][] {
  return cell.split('; ').filter((entry) => entry.startsWith(`${downloadType} attempt `));
}

function listed(cell: string): string[] {
  return cell.split(',').filter((part) => part !== '');
}

import { DOWNLOAD_TYPES } from '../../row/index.ts';
import { begunAnew } from './records.ts';
import type { DownloadStore, FoundRow } from './stores.ts';

/**
 * Writes down who the row is now. Under somebody else's row_id everything begins anew; the history stays.
 * @returns whether it did
 */
export function ownRow(downloads: DownloadStore, { row, before }: FoundRow): boolean {
  const isOther = before !== undefined && before.type !== row.type && before.email !== row.email;
  if (isOther)
    for (const downloadType of DOWNLOAD_TYPES) {
      const known = downloads.get(row.rowId, downloadType);
      if (known) downloads.put(begunAnew(known, row, null), known);
    }
  downloads.identify(row);
  return isOther;
}

import type { StatusOverlay } from '../tracker/index.ts';
import type { CsvIndex } from '../csv/index.ts';
import type { DownloadType } from '../row/index.ts';

/** The status of one download of a row as a person looks at it; `none`: the row has no link of that type. */
export const CELL_STATUSES = ['none', 'pending', 'downloading', 'completed', 'failed', 'unknown'] as const;
export type CellStatus = (typeof CELL_STATUSES)[number];

/** Its place in `CELL_STATUSES`. A word that is no status counts as pending elsewhere; here the person shall see it. */
export function statusCode(index: CsvIndex, overlay: StatusOverlay, row: number, type: DownloadType): number {
  if (!index.hasLink(row, type)) return 0;
  const status = overlay.statusAt(row, type);
  if (status === 'pending' && index.status(row, type) === 'unknown' && !overlay.at(row, type).inLedger)
    return 5;
  return CELL_STATUSES.indexOf(status === '' ? 'pending' : status);
}

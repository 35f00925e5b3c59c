import { type CsvSnapshot, rowSlices } from '../csv/index.ts';
import { DOWNLOAD_TYPES, type DownloadType } from '../row/index.ts';
import type { TrackerOptions } from './csv-tracker.ts';
import type { StatusOverlay } from './status-overlay.ts';
import { withStatuses } from './with-statuses.ts';

export interface TypeSummary {
  /** Rows with a link of this type; the other three count among these. */
  hasContent: number;
  /** Not tried yet, being tried, or to be tried later. */
  pending: number;
  completed: number;
  failed: number;
  /** Of the pending, those in rows longer than the header, which no run works on; absent where there are none. */
  unusable?: number;
}

export interface DownloadStatusSummary {
  readonly totalRows: number;
  readonly youtube: Readonly<TypeSummary>;
  readonly drive: Readonly<TypeSummary>;
}

/** Counts rows by status; what a killed run left unwritten is made good first. */
export async function getDownloadStatusSummary(
  csvPath = 'output.csv',
  options: TrackerOptions = {},
): Promise<DownloadStatusSummary> {
  return withStatuses(csvPath, options, ({ snapshot, overlay }) => countStatuses(snapshot, overlay));
}

/** Counts the rows of a snapshot by status. */
export async function countStatuses(
  { index }: CsvSnapshot,
  overlay: StatusOverlay,
): Promise<DownloadStatusSummary> {
  const counts: Record<DownloadType, TypeSummary> = { youtube: nothing(), drive: nothing() };
  for await (const { from, to } of rowSlices(index.rowCount))
    for (let row = from; row < to; row++)
      for (const type of DOWNLOAD_TYPES) {
        if (!index.hasLink(row, type)) continue;
        const status = overlay.statusAt(row, type);
        const counted = status === 'completed' || status === 'failed' ? status : 'pending';
        const count = counts[type];
        count.hasContent++;
        count[counted]++;
        if (counted === 'pending' && index.isTooLong(row)) count.unusable = (count.unusable ?? 0) + 1;
      }
  return { totalRows: index.rowCount, ...counts };
}

function nothing(): TypeSummary {
  return { hasContent: 0, pending: 0, completed: 0, failed: 0 };
}

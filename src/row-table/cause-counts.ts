import { DOWNLOAD_TYPES, type DownloadType } from '../row/index.ts';
import type { RowColumns } from './columns.ts';
import { CELL_STATUSES, type CellStatus } from './status-codes.ts';

/** A row's download that failed or waits, by its cause. */
export interface CausedDownload {
  readonly rowId: string;
  readonly downloadType: DownloadType;
  readonly cause: string;
}

export interface CauseCounts {
  readonly version: number;
  /** Rows with a download of each status. */
  readonly statuses: Readonly<Record<CellStatus, number>>;
  /** Downloads that failed or were put off, by cause; the most frequent first. */
  readonly causes: readonly {
    readonly cause: string;
    readonly count: number;
    /** The first of them in file order. */
    readonly first: readonly CausedDownload[];
  }[];
}

const [PENDING, FAILED] = [CELL_STATUSES.indexOf('pending'), CELL_STATUSES.indexOf('failed')];

/** One look at all rows; some milliseconds for a million. */
export function causeCounts(
  columns: RowColumns,
  most: number,
  rowIdOf: (row: number) => string,
): Omit<CauseCounts, 'version'> {
  const counts = columns.causes.map(() => 0);
  const first = columns.causes.map((): { row: number; type: DownloadType }[] => []);
  const statuses = CELL_STATUSES.map(() => 0);
  for (let row = 0; row < columns.rowCount; row++) {
    const youtube = columns.statuses.youtube[row] ?? 0;
    const drive = columns.statuses.drive[row] ?? 0;
    statuses[youtube] = (statuses[youtube] ?? 0) + 1;
    if (drive !== youtube) statuses[drive] = (statuses[drive] ?? 0) + 1;
    for (const type of DOWNLOAD_TYPES) {
      const status = type === 'youtube' ? youtube : drive;
      let code = columns.causeCodes[type][row] ?? 0;
      if (status !== FAILED && (status !== PENDING || code === 0)) continue;
      // A failure that the ledger does not know of has no cause.
      if (code === 0) code = columns.codeOf('unknown');
      counts[code] = (counts[code] ?? 0) + 1;
      const shown = (first[code] ??= []);
      if (shown.length < most) shown.push({ row, type });
    }
  }
  const [none = 0, pending = 0, downloading = 0, completed = 0, failed = 0, unknown = 0] = statuses;
  return {
    statuses: { none, pending, downloading, completed, failed, unknown },
    causes: counts
      .map((count, code) => ({
        cause: columns.causes[code] ?? '',
        count,
        first: (first[code] ?? []).map(({ row, type }) => ({
          rowId: rowIdOf(row),
          downloadType: type,
          cause: columns.causes[code] ?? '',
        })),
      }))
      .filter(({ count }) => count > 0)
      .toSorted((one, other) => other.count - one.count),
  };
}

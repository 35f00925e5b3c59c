import type { CsvRow, CsvSnapshot } from '../csv/index.ts';
import type { Ledger, LedgerRow } from '../ledger/index.ts';
import type { DownloadType } from '../row/index.ts';
import type { StatusOverlay } from '../tracker/index.ts';
import type { RowColumns } from './columns.ts';
import { CELL_STATUSES, type CellStatus, statusCode } from './status-codes.ts';

export interface ShownDownload {
  readonly status: CellStatus;
  /** How many files it lists. */
  readonly files: number;
  /** Of a failure, or of what was put off; null where nobody said. */
  readonly cause: string | null;
}

/** A row as a table shows it. Names, e-mails and types are foreign text. */
export interface ShownRow {
  /** From 1. */
  readonly line: number;
  readonly rowId: string;
  readonly name: string;
  readonly email: string;
  readonly type: string;
  readonly youtube: ShownDownload;
  readonly drive: ShownDownload;
  /** ISO 8601. */
  readonly attemptedAt: string | null;
}

interface Sources {
  readonly snapshot: CsvSnapshot;
  readonly overlay: StatusOverlay;
  readonly ledger: Ledger | null;
  readonly columns: RowColumns;
}

/** Reads these rows from the CSV and what the ledger knows of them; they come in the order in which they were asked for. */
export async function readShownRows(rows: readonly number[], sources: Sources): Promise<readonly ShownRow[]> {
  const { snapshot, ledger } = sources;
  const read = new Map<number, CsvRow>();
  for await (const row of snapshot.readRows(rows)) read.set(row.index, row);
  const found = rows.flatMap((row) => read.get(row) ?? []);
  const known = await Promise.all(found.map(({ context }) => ledger?.row(context.rowId) ?? null));
  return found.map((row, at) => shownRow(row, known[at] ?? null, sources));
}

function shownRow(row: CsvRow, known: LedgerRow | null, { snapshot, overlay, columns }: Sources): ShownRow {
  const { rowId, name, email, type } = row.context;
  const download = (which: DownloadType): ShownDownload => {
    const status = CELL_STATUSES[statusCode(snapshot.index, overlay, row.index, which)] ?? 'unknown';
    const state = known?.downloads[which];
    const listed = row.tracking[`${which}_files`].split(',').filter((file) => file.trim() !== '');
    const code = columns.causeCodes[which][row.index] ?? 0;
    const cause = columns.causes[code] || (status === 'failed' ? 'unknown' : null);
    return {
      status,
      files: status === 'none' ? 0 : (state?.files.length ?? listed.length),
      cause: status === 'failed' || status === 'pending' ? cause : null,
    };
  };
  const attempted = columns.attemptedAt[row.index] ?? 0;
  return {
    line: row.line,
    rowId,
    name,
    email,
    type,
    youtube: download('youtube'),
    drive: download('drive'),
    attemptedAt: attempted === 0 ? null : new Date(attempted * 1000).toISOString(),
  };
}

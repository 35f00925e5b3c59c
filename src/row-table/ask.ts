import { CsvChangedError } from '../csv/index.ts';
import type { DownloadType } from '../row/index.ts';
import type { RowQuery } from './query.ts';
import { readShownRows, type ShownRow } from './shown-row.ts';
import type { Standing } from './standing.ts';
import type { CellStatus } from './status-codes.ts';

export interface TablePage {
  /** Grows with each change that the table has seen. */
  readonly version: number;
  /** Rows that fit. */
  readonly total: number;
  readonly offset: number;
  readonly rows: readonly ShownRow[];
}

/** Which rows, and what part of them. */
export interface PageWish {
  readonly query: RowQuery;
  readonly offset: number;
  readonly limit: number;
}

/** @throws whatever `isOldFile` knows where the CSV is not the one any more that the table was made of */
export async function pageOf(
  { answers, snapshot, overlay, lent, parts }: Standing,
  version: number,
  { query, offset, limit }: PageWish,
): Promise<TablePage> {
  const { total, row } = answers.answer(query, version);
  const from = Math.min(offset, total);
  const places = Array.from({ length: Math.min(limit, total - from) }, (_, at) => row(from + at));
  const ledger = await lent.tracker.existingLedger();
  const rows = await readShownRows(places, { snapshot, overlay, ledger, columns: parts.columns });
  return { version, total, offset: from, rows };
}

/** How many downloads have each status. */
export function countsOf({
  parts,
}: Standing): Readonly<Record<DownloadType, Readonly<Record<CellStatus, number>>>> {
  const of = (type: DownloadType) => {
    const [none = 0, pending = 0, downloading = 0, completed = 0, failed = 0, unknown = 0] =
      parts.columns.countsOf(type);
    return { none, pending, downloading, completed, failed, unknown };
  };
  return { youtube: of('youtube'), drive: of('drive') };
}

/** Who these rows are, as the CSV says it; those that it does not have are left out. */
export async function namesOf(
  { snapshot }: Standing,
  rowIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = [...new Set(rowIds)].map((rowId) => snapshot.index.findRow(rowId)).filter((row) => row >= 0);
  const names = new Map<string, string>();
  try {
    for await (const { context } of snapshot.readRows(rows)) names.set(context.rowId, context.name);
  } catch (error) {
    if (!isOldFile(error)) throw error;
  }
  return names;
}

/** The row with this row_id; null when there is none. */
export async function rowOf(
  { snapshot, overlay, lent, parts }: Standing,
  rowId: string,
): Promise<ShownRow | null> {
  const at = snapshot.index.findRow(rowId);
  if (at < 0) return null;
  const ledger = await lent.tracker.existingLedger();
  const [row] = await readShownRows([at], { snapshot, overlay, ledger, columns: parts.columns });
  return row ?? null;
}

/** The file was changed in place, or another took its place just now and it was closed. */
export function isOldFile(error: unknown): boolean {
  return (
    error instanceof CsvChangedError || (error instanceof Error && 'code' in error && error.code === 'EBADF')
  );
}

import type { CsvSnapshot } from '../csv/index.ts';
import type { LedgerRow } from '../ledger/index.ts';
import { cellsFor, decideMerge, sameCells } from './merge.ts';

/** Whether a CSV shows what the ledger has of a row, also when the ledger was not told so. */
export async function isShown(snapshot: CsvSnapshot, row: LedgerRow): Promise<boolean> {
  const position = snapshot.index.findRow(row.rowId);
  if (position < 0 || snapshot.index.missingTrackingColumns.length > 0) return false;
  const csv = await snapshot.readRow(position);
  const { blocked, resets } = decideMerge(row, csv, true);
  return blocked === null && resets.length === 0 && sameCells(cellsFor(row, csv), csv.tracking);
}

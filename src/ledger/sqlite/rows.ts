import type { LedgerRow } from '../ledger.ts';
import { type CsvRowRecord, type DownloadRecord, toLedgerRow } from '../recording/records.ts';
import type { Statements } from './statements.ts';

/** What is known of rows, read for the CSV. */
export class Rows {
  readonly #statements: Statements;
  readonly #showing: () => void;

  /** @param showing is called when rows are read that will be written into the CSV */
  constructor(statements: Statements, showing: () => void) {
    this.#statements = statements;
    this.#showing = showing;
  }

  row(rowId: string): LedgerRow | null {
    return this.#rows('row_id = ?', [rowId])[0] ?? null;
  }

  rowsAfter(rowId: string | null, limit: number): readonly LedgerRow[] {
    return this.#forCsv(this.#rows(`row_id > coalesce(?, '') ORDER BY row_id LIMIT ?`, [rowId, limit]));
  }

  unprojected(seq: number, limit: number): readonly LedgerRow[] {
    return this.#forCsv(this.#rows('seq > projected_seq AND seq > ? ORDER BY seq LIMIT ?', [seq, limit]));
  }

  #forCsv(rows: readonly LedgerRow[]): readonly LedgerRow[] {
    if (rows.length > 0) this.#showing();
    return rows;
  }

  /** Rows by a condition, in its order, with their downloads: two queries, however many rows. */
  #rows(condition: string, values: readonly (string | number | null)[]): readonly LedgerRow[] {
    const records = this.#statements
      .sql(`SELECT * FROM csv_row WHERE ${condition}`)
      .all(...values) as CsvRowRecord[];
    if (records.length === 0) return [];
    const downloads = this.#statements
      .sql(`SELECT d.* FROM download d WHERE d.row_id IN (SELECT row_id FROM csv_row WHERE ${condition})`)
      .all(...values) as DownloadRecord[];
    const byRow = Map.groupBy(downloads, ({ row_id }) => row_id);
    return records.map((record) => toLedgerRow(record, byRow.get(record.row_id) ?? []));
  }
}

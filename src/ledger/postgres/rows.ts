import type { LedgerRow } from '../ledger.ts';
import { type CsvRowRecord, type DownloadRecord, toLedgerRow } from '../recording/records.ts';
import type { Store, Value } from './store.ts';

/** What is known of rows, read for the CSV. */
export class Rows {
  readonly #store: Store;
  readonly #csvId: number;

  constructor(store: Store, csvId: number) {
    this.#store = store;
    this.#csvId = csvId;
  }

  async row(rowId: string): Promise<LedgerRow | null> {
    return (await this.#rows('row_id = $2', [rowId]))[0] ?? null;
  }

  rowsAfter(rowId: string | null, limit: number): Promise<readonly LedgerRow[]> {
    return this.#rows('row_id > $2 ORDER BY row_id LIMIT $3', [rowId ?? '', mostOf(limit)]);
  }

  unprojected(seq: number, limit: number): Promise<readonly LedgerRow[]> {
    return this.#rows('seq > projected_seq AND seq > $2 ORDER BY seq LIMIT $3', [seq, mostOf(limit)]);
  }

  /**
   * Rows by a condition, in its order, with their downloads. Both in one transaction that sees one state: a row is never shown with the
   * number of one change and the downloads of another.
   */
  #rows(condition: string, values: readonly Value[]): Promise<readonly LedgerRow[]> {
    return this.#store.snapshot(async (ask) => {
      const records = await ask.rows<CsvRowRecord>(
        `SELECT * FROM rowtrail.csv_row WHERE csv_id = $1 AND ${condition}`,
        [this.#csvId, ...values],
      );
      if (records.length === 0) return [];
      const downloads = await ask.rows<DownloadRecord>(
        'SELECT * FROM rowtrail.download WHERE csv_id = $1 AND row_id = ANY($2)',
        [this.#csvId, records.map(({ row_id }) => row_id)],
      );
      const byRow = Map.groupBy(downloads, ({ row_id }) => row_id);
      return records.map((record) => toLedgerRow(record, byRow.get(record.row_id) ?? []));
    });
  }
}

/** SQLite's word for all of them is a negative limit. */
function mostOf(limit: number): number | null {
  return limit < 0 ? null : limit;
}

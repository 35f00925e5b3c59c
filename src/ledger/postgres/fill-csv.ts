import { toStoredJson } from './safe-text.ts';
import type { Store } from './store.ts';

/** Puts records into a table of the store; their columns are the table's. */
export type PutRecords = (
  table: string,
  records: readonly Readonly<Record<string, unknown>>[],
) => Promise<void>;

/**
 * Fills the ledger of a CSV that knows nothing with records as they are, in one transaction; `work` may be asked more than once.
 * @param work puts all records, and returns the number of their last change
 * @returns false where some row is known: then nothing is changed
 */
export function fillCsv(
  store: Store,
  csvId: number,
  work: (put: PutRecords) => Promise<number>,
): Promise<boolean> {
  return store.transaction(async (ask) => {
    await ask.rows('SELECT 1 FROM rowtrail.csv WHERE id = $1 FOR UPDATE', [csvId]);
    const known = await ask.rows('SELECT 1 FROM rowtrail.csv_row WHERE csv_id = $1 LIMIT 1', [csvId]);
    if (known.length > 0) return false;
    for (const table of ['meta', 'download_total', 'attempt_minute', 'metric_sample'])
      await ask.change(`DELETE FROM rowtrail.${table} WHERE csv_id = $1`, [csvId]);
    const seq = await work(async (table, records) => {
      await ask.change(
        `INSERT INTO rowtrail.${table} SELECT given.* FROM json_populate_recordset(NULL::rowtrail.${table}, $1::json) AS given`,
        [toStoredJson(records.map((record) => ({ csv_id: csvId, ...record })))],
      );
    });
    await ask.change(
      `UPDATE rowtrail.csv SET seq = greatest(seq, $2),
         item_id = (SELECT coalesce(max(id), 0) FROM rowtrail.item WHERE csv_id = $1),
         attempt_id = (SELECT coalesce(max(id), 0) FROM rowtrail.attempt WHERE csv_id = $1)
       WHERE id = $1`,
      [csvId, seq],
    );
    return true;
  });
}

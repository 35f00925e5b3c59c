import Database from 'better-sqlite3';
import type { CsvStore } from './postgres/csv-store.ts';
import type { StoredCsv } from './postgres/csvs.ts';
import { openSqliteLedger } from './sqlite/client.ts';

/** The tables that go over, each as the store's has its columns. */
const TABLES: Readonly<Record<string, string>> = {
  csv_row: 'SELECT * FROM csv_row',
  projection: 'SELECT row_id, digest FROM projection',
  download: 'SELECT * FROM download',
  download_total: 'SELECT * FROM download_total',
  attempt: 'SELECT * FROM attempt',
  attempt_minute: 'SELECT * FROM attempt_minute',
  item: 'SELECT * FROM item',
  file: `SELECT f.item_id, f.ordinal, f.path, f.name, f.folder, c.size, c.sha256
         FROM file f LEFT JOIN content c ON c.id = f.content_id`,
  metric_sample: 'SELECT * FROM metric_sample',
  meta: `SELECT key, value FROM meta WHERE key = 'csv_mark' OR key LIKE 'renamed:%' OR key LIKE 'let_in:%'`,
};
/** Records that go over at once; some milliseconds of work. */
const BATCH = 500;

/**
 * Puts everything that a ledger beside a CSV holds into a store, in one transaction. Its caller keeps others from recording there meanwhile.
 * @param path of a ledger that exists
 * @returns false where the store knows rows of this CSV already: then nothing is changed
 */
export async function moveIntoStore(path: string, store: CsvStore, csv: StoredCsv): Promise<boolean> {
  // Brings one of an earlier format up to date, and says so when it is damaged or a newer one.
  await (await openSqliteLedger(path)).close();
  const db = new Database(path, { readonly: true });
  try {
    return await store.fill(csv, async (put) => {
      for (const [table, query] of Object.entries(TABLES))
        for (const batch of batches(db.prepare(query).iterate())) await put(table, batch);
      const seq = db.prepare(`SELECT value FROM meta WHERE key = 'seq'`).pluck().get();
      return Number(seq ?? 0);
    });
  } finally {
    db.close();
  }
}

/** Bytes as PostgreSQL reads them from a text. */
function plain(record: unknown): Readonly<Record<string, unknown>> {
  const entries = Object.entries(record as Record<string, unknown>);
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : (value ?? null),
    ]),
  );
}

function* batches(records: Iterable<unknown>): Iterable<readonly Readonly<Record<string, unknown>>[]> {
  let batch: Readonly<Record<string, unknown>>[] = [];
  for (const record of records) {
    batch.push(plain(record));
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

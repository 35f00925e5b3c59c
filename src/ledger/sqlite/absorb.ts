import type { Database } from 'better-sqlite3';

/** Tables whose rows are taken over as they are. */
const TAKEN = [
  'content',
  'csv_row',
  'projection',
  'download',
  'download_total',
  'attempt',
  'item',
  'file',
] as const;

/**
 * Takes over everything that a ledger of the same format holds, in one transaction; only into one that knows no row.
 * @returns false where it knows some
 */
export function absorbDatabase(db: Database, path: string): boolean {
  db.prepare('ATTACH ? AS fresh').run(path);
  try {
    return db
      .transaction(() => {
        if (db.prepare('SELECT 1 FROM csv_row LIMIT 1').get() !== undefined) return false;
        for (const table of TAKEN.toReversed()) db.exec(`DELETE FROM main.${table}`);
        for (const table of TAKEN) db.exec(`INSERT INTO main.${table} SELECT * FROM fresh.${table}`);
        db.exec(`
          INSERT INTO main.attempt_minute SELECT * FROM fresh.attempt_minute WHERE true ON CONFLICT DO NOTHING;
          INSERT INTO main.meta SELECT * FROM fresh.meta WHERE key LIKE 'renamed:%' ON CONFLICT DO UPDATE SET value = excluded.value;
          INSERT INTO main.meta SELECT * FROM fresh.meta WHERE key = 'seq'
            ON CONFLICT DO UPDATE SET value = CAST(max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER)) AS TEXT)`);
        return true;
      })
      .immediate();
  } finally {
    db.exec('DETACH fresh');
  }
}

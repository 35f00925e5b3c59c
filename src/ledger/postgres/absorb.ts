import { randomUUID } from 'node:crypto';
import { enterCsv, type StoredCsv } from './csvs.ts';
import type { Asking, Store } from './store.ts';

/** Tables that hold something of a CSV. */
const TABLES = [
  'meta',
  'csv_row',
  'projection',
  'csv_step',
  'download',
  'download_total',
  'attempt',
  'attempt_minute',
  'item',
  'file',
  'metric_sample',
] as const;
/** Of these, what is taken over from a ledger that was made beside another. */
const TAKEN = ['csv_row', 'projection', 'download', 'download_total', 'attempt', 'item', 'file'] as const;

/** A CSV of the store for filling, in whose place nobody looks; what an earlier try left goes first. */
export async function enterBeside(store: Store, { id, name }: StoredCsv): Promise<StoredCsv> {
  const place = `beside ${id}`;
  await store.transaction(async (ask) => {
    const left = await ask.rows<{ readonly id: number }>('SELECT id FROM rowtrail.csv WHERE place = $1', [
      place,
    ]);
    for (const each of left) await removeCsv(ask, each.id);
  });
  return enterCsv(store, { key: randomUUID(), name, place });
}

/** Removes a CSV and all that is known of it. */
export async function removeCsv(ask: Asking, id: number): Promise<void> {
  for (const table of TABLES) await ask.change(`DELETE FROM rowtrail.${table} WHERE csv_id = $1`, [id]);
  await ask.change('DELETE FROM rowtrail.csv WHERE id = $1', [id]);
}

/**
 * Takes over everything that was filled in beside a CSV, in one transaction; only where nothing is known of any row.
 * @returns false where somebody has recorded something meanwhile: then it stays as it is
 */
export function absorbCsv(store: Store, into: number, from: number): Promise<boolean> {
  return store.transaction(async (ask) => {
    await ask.rows('SELECT 1 FROM rowtrail.csv WHERE id = ANY($1) ORDER BY id FOR UPDATE', [[into, from]]);
    const known = await ask.rows('SELECT 1 FROM rowtrail.csv_row WHERE csv_id = $1 LIMIT 1', [into]);
    if (known.length > 0) {
      await removeCsv(ask, from);
      return false;
    }
    for (const table of TAKEN) {
      await ask.change(`DELETE FROM rowtrail.${table} WHERE csv_id = $1`, [into]);
      await ask.change(`UPDATE rowtrail.${table} SET csv_id = $1 WHERE csv_id = $2`, [into, from]);
    }
    const both = [into, from];
    await ask.change(
      `INSERT INTO rowtrail.attempt_minute SELECT $1, minute, download_type, status, cause, category, attempts, timed, seconds, files, bytes
       FROM rowtrail.attempt_minute WHERE csv_id = $2 ON CONFLICT DO NOTHING`,
      both,
    );
    await ask.change(
      `INSERT INTO rowtrail.meta SELECT $1, key, value FROM rowtrail.meta WHERE csv_id = $2 AND key LIKE 'renamed:%'
       ON CONFLICT (csv_id, key) DO UPDATE SET value = excluded.value`,
      both,
    );
    await ask.change(
      `UPDATE rowtrail.csv t SET seq = greatest(t.seq, f.seq), item_id = greatest(t.item_id, f.item_id),
         attempt_id = greatest(t.attempt_id, f.attempt_id)
       FROM rowtrail.csv f WHERE t.id = $1 AND f.id = $2`,
      both,
    );
    await removeCsv(ask, from);
    return true;
  });
}

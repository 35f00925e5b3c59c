import type { Asking } from './store.ts';

/** A CSV in a store. */
export interface StoredCsv {
  readonly id: number;
  /** A UUID, by which it is known again; it is kept beside the CSV. */
  readonly key: string;
  /** What the file was called when it was last opened, and where. */
  readonly name: string;
  readonly place: string;
}

const COLUMNS = 'id, key::text AS key, name, place';

/** The CSV with this key, or null. */
export async function findCsv(ask: Asking, key: string): Promise<StoredCsv | null> {
  const [found] = await ask.rows<StoredCsv>(`SELECT ${COLUMNS} FROM rowtrail.csv WHERE key = $1::uuid`, [
    key,
  ]);
  return found ?? null;
}

/** The CSVs of this name, the newest first. */
export function csvsNamed(ask: Asking, name: string): Promise<readonly StoredCsv[]> {
  return ask.rows<StoredCsv>(`SELECT ${COLUMNS} FROM rowtrail.csv WHERE name = $1 ORDER BY id DESC`, [name]);
}

/** Enters a CSV under its key; one that is known stays as it is but for its name and place. */
export async function enterCsv(ask: Asking, { key, name, place }: Omit<StoredCsv, 'id'>): Promise<StoredCsv> {
  const [entered] = await ask.rows<StoredCsv>(
    `INSERT INTO rowtrail.csv (key, name, place) VALUES ($1::uuid, $2, $3)
     ON CONFLICT (key) DO UPDATE SET name = excluded.name, place = excluded.place RETURNING ${COLUMNS}`,
    [key, name, place],
  );
  if (entered === undefined) throw new Error('a CSV that was entered is there');
  return entered;
}

import type { DownloadKey, DownloadType } from '../../row/index.ts';
import type { Asking, Store } from './store.ts';
import { toStoredJson } from './safe-text.ts';

/** Tables that hold something of a row under its row_id, besides the files of its items. */
const TABLES_OF_ROWS = ['csv_row', 'projection', 'download', 'attempt', 'item'] as const;

/** What a download with other credentials is due by: the causes stand in $3. */
const DUE = `SELECT row_id FROM rowtrail.download d WHERE csv_id = $1 AND download_type = $2 AND (
    (status = 'failed' AND permanent <> 0 AND cause = ANY($3))
    OR (status = 'completed' AND EXISTS (
      SELECT 1 FROM rowtrail.item i
      WHERE i.csv_id = d.csv_id AND i.row_id = d.row_id AND i.download_type = d.download_type AND i.generation = d.generation
        AND i.status = 'failed' AND i.cause = ANY($3))))
  ORDER BY row_id`;

/** What nobody works on any more: its lease has expired, or was that of an earlier holder of this name. */
const IS_LEFT = `csv_id = $1 AND status = 'downloading' AND (lease_until IS NULL OR lease_until < clock_timestamp() OR holder = $2)`;

/** Changes of many downloads at once, or of a row as a whole. Rows are locked first, then numbers are taken, as by whoever records. */
export class Upkeep {
  readonly #store: Store;
  readonly #csvId: number;
  readonly #holder: string;

  constructor(store: Store, csvId: number, holder: string) {
    this.#store = store;
    this.#csvId = csvId;
    this.#holder = holder;
  }

  renameRow(from: string, to: string): Promise<void> {
    return this.#store.transaction(async (ask) => {
      await this.#lock(ask, [from]);
      for (const table of TABLES_OF_ROWS)
        await ask.change(`UPDATE rowtrail.${table} SET row_id = $3 WHERE csv_id = $1 AND row_id = $2`, [
          this.#csvId,
          from,
          to,
        ]);
      await ask.change('DELETE FROM rowtrail.meta WHERE csv_id = $1 AND key = $2', [
        this.#csvId,
        `renamed:${to}`,
      ]);
      await this.#setMeta(ask, `renamed:${from}`, to);
      await this.#touch(ask, [to]);
    });
  }

  recover(): Promise<number> {
    const values = [this.#csvId, this.#holder];
    return this.#store.transaction(async (ask) => {
      const left = await ask.rows<{ readonly row_id: string }>(
        `SELECT DISTINCT row_id FROM rowtrail.download WHERE ${IS_LEFT} ORDER BY row_id`,
        values,
      );
      if (left.length === 0) return 0;
      await this.#lock(
        ask,
        left.map(({ row_id }) => row_id),
      );
      // Some may have ended, or have given a sign of life, by the time they were locked.
      const given = await ask.rows<{ readonly row_id: string }>(
        `UPDATE rowtrail.download SET status = 'pending', lease = lease + 1, lease_until = NULL, holder = NULL
         WHERE ${IS_LEFT} AND row_id = ANY($3) RETURNING row_id`,
        [...values, left.map(({ row_id }) => row_id)],
      );
      await this.#touch(ask, [...new Set(given.map(({ row_id }) => row_id))].toSorted());
      return given.length;
    });
  }

  abandon({ rowId, downloadType, lease }: DownloadKey & { readonly lease: number }): Promise<void> {
    return this.#store.transaction(async (ask) => {
      await this.#lock(ask, [rowId]);
      const count = await ask.change(
        `UPDATE rowtrail.download SET status = 'pending', lease = lease + 1, lease_until = NULL, holder = NULL
         WHERE csv_id = $1 AND row_id = $2 AND download_type = $3 AND lease = $4 AND status = 'downloading'`,
        [this.#csvId, rowId, downloadType, lease],
      );
      if (count > 0) await this.#touch(ask, [rowId]);
    });
  }

  letIn(downloadType: DownloadType, credentials: string, causes: readonly string[]): Promise<number> {
    return this.#store.transaction(async (ask) => {
      const due = await this.#due(ask, downloadType, credentials, causes);
      await this.#setMeta(ask, `let_in:${downloadType}`, credentials);
      if (due.length === 0) return 0;
      await this.#lock(ask, due);
      const values = [this.#csvId, downloadType, due];
      // What the CSV shows of failed ones stays.
      await ask.change(
        `UPDATE rowtrail.download SET permanent = 0, attempts = 0
         WHERE csv_id = $1 AND download_type = $2 AND row_id = ANY($3) AND status <> 'completed'`,
        values,
      );
      const reopened = await ask.rows<{ readonly row_id: string }>(
        `UPDATE rowtrail.download SET status = 'pending', attempts = 0
         WHERE csv_id = $1 AND download_type = $2 AND row_id = ANY($3) AND status = 'completed' RETURNING row_id`,
        values,
      );
      await this.#touch(
        ask,
        reopened.map(({ row_id }) => row_id),
      );
      return due.length;
    });
  }

  dueWith(
    downloadType: DownloadType,
    credentials: string,
    causes: readonly string[],
  ): Promise<readonly string[]> {
    return this.#due(this.#store, downloadType, credentials, causes);
  }

  async setLinks(links: readonly { readonly key: DownloadKey; readonly link: string }[]): Promise<void> {
    if (links.length === 0) return;
    const given = links.map(({ key, link }) => ({
      row_id: key.rowId,
      download_type: key.downloadType,
      link,
    }));
    await this.#store.transaction(async (ask) => {
      await this.#lock(
        ask,
        links.map(({ key }) => key.rowId),
      );
      await ask.change(
        `UPDATE rowtrail.download d SET link = given.link
         FROM json_to_recordset($2::json) AS given (row_id text, download_type text, link text)
         WHERE d.csv_id = $1 AND d.row_id = given.row_id AND d.download_type = given.download_type`,
        [this.#csvId, toStoredJson(given)],
      );
    });
  }

  forgetRow(rowId: string): Promise<number> {
    const values = [this.#csvId, rowId];
    return this.#store.transaction(async (ask) => {
      await this.#lock(ask, [rowId]);
      // Its share of the sums goes first.
      await ask.change(
        `UPDATE rowtrail.download_total t SET files = t.files - d.file_count, bytes = t.bytes - d.bytes FROM rowtrail.download d
         WHERE t.csv_id = $1 AND d.csv_id = $1 AND d.row_id = $2 AND d.download_type = t.download_type`,
        values,
      );
      let gone = await ask.change(
        `DELETE FROM rowtrail.file WHERE csv_id = $1 AND item_id IN (
           SELECT id FROM rowtrail.item WHERE csv_id = $1 AND row_id = $2)`,
        values,
      );
      for (const table of TABLES_OF_ROWS)
        gone += await ask.change(`DELETE FROM rowtrail.${table} WHERE csv_id = $1 AND row_id = $2`, values);
      gone += await ask.change(
        `DELETE FROM rowtrail.meta WHERE csv_id = $1 AND (key = 'renamed:' || $2 OR (key LIKE 'renamed:%' AND value = $2))`,
        values,
      );
      return gone;
    });
  }

  async countRecordsOf(rowId: string): Promise<number> {
    const counts = TABLES_OF_ROWS.map(
      (table) => `(SELECT count(*) FROM rowtrail.${table} WHERE csv_id = $1 AND row_id = $2)`,
    );
    const files = `(SELECT count(*) FROM rowtrail.file WHERE csv_id = $1 AND item_id IN (
      SELECT id FROM rowtrail.item WHERE csv_id = $1 AND row_id = $2))`;
    const [sum] = await this.#store.rows<{ readonly count: number }>(
      `SELECT ${[...counts, files].join(' + ')} AS count`,
      [this.#csvId, rowId],
    );
    return sum?.count ?? 0;
  }

  /** Frees what rows left in the tables. The store's own log, and its backups, are not ours: so it is never said to be all. */
  async scrub(): Promise<boolean> {
    for (const table of [...TABLES_OF_ROWS, 'file', 'meta'])
      await this.#store.change(`VACUUM rowtrail.${table}`);
    return false;
  }

  async placesOf(texts: readonly string[]): Promise<readonly string[]> {
    const asked = texts.filter((text) => text !== '');
    const columns = await this.#store.rows<{ readonly table: string; readonly column: string }>(
      `SELECT c.table_name AS table, c.column_name AS column FROM information_schema.columns c
       WHERE c.table_schema = 'rowtrail' AND c.column_name <> 'csv_id' AND c.table_name IN (
         SELECT table_name FROM information_schema.columns WHERE table_schema = 'rowtrail' AND column_name = 'csv_id')
       ORDER BY c.table_name, c.ordinal_position`,
    );
    const places: string[] = [];
    for (const { table, column } of columns) {
      const found = await this.#store.rows(
        `SELECT 1 FROM rowtrail."${table}" t, unnest($2::text[]) AS asked
         WHERE t.csv_id = $1 AND position(asked IN t."${column}"::text) > 0 LIMIT 1`,
        [this.#csvId, asked],
      );
      if (found.length > 0) places.push(`${table}.${column}`);
    }
    return places;
  }

  async #due(
    ask: Asking,
    downloadType: DownloadType,
    credentials: string,
    causes: readonly string[],
  ): Promise<readonly string[]> {
    const known = await ask.rows<{ readonly value: string }>(
      'SELECT value FROM rowtrail.meta WHERE csv_id = $1 AND key = $2',
      [this.#csvId, `let_in:${downloadType}`],
    );
    if (known[0]?.value === credentials) return [];
    const due = await ask.rows<{ readonly row_id: string }>(DUE, [this.#csvId, downloadType, causes]);
    return due.map(({ row_id }) => row_id);
  }

  async #lock(ask: Asking, rowIds: readonly string[]): Promise<void> {
    await ask.rows(
      'SELECT 1 FROM rowtrail.csv_row WHERE csv_id = $1 AND row_id = ANY($2) ORDER BY row_id FOR UPDATE',
      [this.#csvId, rowIds],
    );
  }

  /** Rows that changed get the next numbers. */
  async #touch(ask: Asking, rowIds: readonly string[]): Promise<void> {
    if (rowIds.length === 0) return;
    await ask.change(
      `WITH counted AS (UPDATE rowtrail.csv SET seq = seq + $3 WHERE id = $1 RETURNING seq - $3 AS seq)
       UPDATE rowtrail.csv_row r SET seq = counted.seq + touched.place
       FROM counted, unnest($2::text[]) WITH ORDINALITY AS touched (row_id, place)
       WHERE r.csv_id = $1 AND r.row_id = touched.row_id`,
      [this.#csvId, rowIds, rowIds.length],
    );
  }

  async #setMeta(ask: Asking, key: string, value: string): Promise<void> {
    await ask.change(
      'INSERT INTO rowtrail.meta VALUES ($1, $2, $3) ON CONFLICT (csv_id, key) DO UPDATE SET value = excluded.value',
      [this.#csvId, key, value],
    );
  }
}

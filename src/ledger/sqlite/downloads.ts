import type { DownloadKey, DownloadType } from '../../row/index.ts';
import type { FileTotals } from '../history.ts';
import type { RowIdentity } from '../ledger.ts';
import type { DownloadRecord } from '../recording/records.ts';
import type { DownloadStore, FoundRow } from '../recording/stores.ts';
import type { Statements } from './statements.ts';

const TABLES_OF_ROWS = ['csv_row', 'projection', 'download', 'attempt', 'item'] as const;

/** Rows and their downloads, each in its present generation, with the sum of what these list. */
export class Downloads implements DownloadStore {
  readonly #statements: Statements;
  /** What this transaction has added to the totals and not written down yet. */
  readonly #added = new Map<DownloadType, FileTotals>();

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  get(rowId: string, downloadType: DownloadType): DownloadRecord | undefined {
    return this.#sql('SELECT * FROM download WHERE row_id = ? AND download_type = ?').get(
      rowId,
      downloadType,
    ) as DownloadRecord | undefined;
  }

  /** Writes a download as it is now. @param before as it was, null when it was not known */
  put(record: DownloadRecord, before: DownloadRecord | undefined): void {
    this.#sql(
      `INSERT OR REPLACE INTO download (row_id, download_type, generation, lease, row_type, link, status, attempts, cause, message,
         permanent, not_before, scope, last_attempt, media_ids, files, file_count, bytes, errors, run_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      record.row_id,
      record.download_type,
      record.generation,
      record.lease,
      record.row_type,
      record.link,
      record.status,
      record.attempts,
      record.cause,
      record.message,
      record.permanent,
      record.not_before,
      record.scope,
      record.last_attempt,
      record.media_ids,
      record.files,
      record.file_count,
      record.bytes,
      record.errors,
      record.run_id,
    );
    const files = record.file_count - (before?.file_count ?? 0);
    const bytes = record.bytes - (before?.bytes ?? 0);
    if (files === 0 && bytes === 0) return;
    const added = this.#added.get(record.download_type) ?? { files: 0, bytes: 0 };
    this.#added.set(record.download_type, { files: added.files + files, bytes: added.bytes + bytes });
  }

  /**
   * The row that somebody means, and who it is so far. Who works on a row while it is renamed goes on to call it by the
   * row_id of before.
   */
  find(row: RowIdentity): FoundRow {
    const before = this.#identity(row.rowId);
    if (before !== undefined) return { row, before };
    const rowId = this.#statements.meta(`renamed:${row.rowId}`);
    return rowId === null
      ? { row, before: undefined }
      : { row: { ...row, rowId }, before: this.#identity(rowId) };
  }

  /** Writes down who a row is, whoever it was before. */
  identify({ rowId, type, name, email }: RowIdentity): void {
    this.#sql(
      `INSERT INTO csv_row (row_id, type, name, email, seq) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET type = excluded.type, name = excluded.name, email = excluded.email, seq = excluded.seq`,
    ).run(rowId, type, name, email, this.#statements.nextSeq());
  }

  #identity(rowId: string): Pick<RowIdentity, 'type' | 'email'> | undefined {
    return this.#sql('SELECT type, email FROM csv_row WHERE row_id = ?').get(rowId) as
      Pick<RowIdentity, 'type' | 'email'> | undefined;
  }

  touch(rowId: string): void {
    this.#sql('UPDATE csv_row SET seq = ? WHERE row_id = ?').run(this.#statements.nextSeq(), rowId);
  }

  renameRow(from: string, to: string): void {
    for (const table of TABLES_OF_ROWS)
      this.#sql(`UPDATE ${table} SET row_id = ? WHERE row_id = ?`).run(to, from);
    this.touch(to);
    this.#sql('DELETE FROM meta WHERE key = ?').run(`renamed:${to}`);
    this.#statements.setMeta(`renamed:${from}`, to);
  }

  recover(): number {
    const rows = this.#sql(`SELECT DISTINCT row_id FROM download WHERE status = 'downloading'`)
      .pluck()
      .all() as string[];
    for (const rowId of rows) this.touch(rowId);
    return this.#sql(
      `UPDATE download SET status = 'pending', lease = lease + 1 WHERE status = 'downloading'`,
    ).run().changes;
  }

  /**
   * Downloads that other credentials may mend are due again, once for each that comes. What the CSV shows of failed ones stays.
   * @returns how many
   */
  letIn(downloadType: DownloadType, credentials: string, causes: readonly string[]): number {
    const due = this.dueWith(downloadType, credentials, causes);
    this.#statements.setMeta(`let_in:${downloadType}`, credentials);
    for (const rowId of due) {
      const { changes } = this.#sql(
        `UPDATE download SET status = 'pending', attempts = 0
         WHERE row_id = ? AND download_type = ? AND status = 'completed'`,
      ).run(rowId, downloadType);
      if (changes > 0) this.touch(rowId);
      else
        this.#sql(
          'UPDATE download SET permanent = 0, attempts = 0 WHERE row_id = ? AND download_type = ?',
        ).run(rowId, downloadType);
    }
    return due.length;
  }

  /** The rows that `letIn` would make due. */
  dueWith(downloadType: DownloadType, credentials: string, causes: readonly string[]): readonly string[] {
    if (this.#statements.meta(`let_in:${downloadType}`) === credentials) return [];
    return this.#sql(
      `WITH mended AS (SELECT value FROM json_each(@causes))
       SELECT row_id FROM download d WHERE download_type = @downloadType AND (
         (status = 'failed' AND permanent <> 0 AND cause IN mended)
         OR (status = 'completed' AND EXISTS (
           SELECT 1 FROM item i
           WHERE i.row_id = d.row_id AND i.download_type = d.download_type AND i.generation = d.generation
             AND i.status = 'failed' AND i.cause IN mended)))
       ORDER BY row_id`,
    )
      .pluck()
      .all({ downloadType, causes: JSON.stringify(causes) }) as string[];
  }

  setLinks(links: readonly { readonly key: DownloadKey; readonly link: string }[]): void {
    for (const { key, link } of links) {
      this.#sql('UPDATE download SET link = ? WHERE row_id = ? AND download_type = ?').run(
        link,
        key.rowId,
        key.downloadType,
      );
    }
  }

  totals(): Readonly<Record<DownloadType, FileTotals>> {
    this.writeTotals();
    const known = this.#sql('SELECT download_type, files, bytes FROM download_total').all() as ({
      download_type: DownloadType;
    } & FileTotals)[];
    const of = (type: DownloadType): FileTotals => {
      const { files = 0, bytes = 0 } = known.find(({ download_type }) => download_type === type) ?? {};
      return { files, bytes };
    };
    return { youtube: of('youtube'), drive: of('drive') };
  }

  /** To be called before a commit: one sum for each type, however many downloads. */
  writeTotals(): void {
    for (const [type, { files, bytes }] of this.#added) {
      this.#sql(
        `INSERT INTO download_total VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET files = files + excluded.files, bytes = bytes + excluded.bytes`,
      ).run(type, files, bytes);
    }
    this.#added.clear();
  }

  /** To be called after a rollback. */
  forgetTotals(): void {
    this.#added.clear();
  }

  #sql(text: string) {
    return this.#statements.sql(text);
  }
}

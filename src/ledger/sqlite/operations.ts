import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Database, Statement } from 'better-sqlite3';
import { causeFacts, RowtrailError } from '../../errors/index.ts';
import {
  type DownloadKey,
  type ItemKey,
  type ItemResult,
  itemKey,
  TRACKING_COLUMNS,
  type TrackingCells,
} from '../../row/index.ts';
import { errorEntry, MAX_ERROR_ENTRIES } from '../error-entry.ts';
import type {
  AdoptRecord,
  AttemptRecord,
  BeginRecord,
  CsvMark,
  DownloadState,
  ErrorEntry,
  FileRecord,
  LedgerRow,
  ProjectedRow,
  RowIdentity,
  StatusEntry,
} from '../ledger.ts';
import {
  type DownloadRecord,
  type FileRow,
  toDownloadState,
  toFileRecord,
  toLedgerRow,
  toStatusEntry,
  type CsvRowRecord,
} from './records.ts';

/**
 * The ledger's operations as plain synchronous functions of a database; the worker thread runs them inside its
 * transactions. Each leaves the database consistent by itself.
 */
export class Operations {
  readonly #db: Database;
  readonly #statements = new Map<string, Statement>();

  constructor(db: Database) {
    this.#db = db;
  }

  begin(download: BeginRecord, runId: string): DownloadState {
    const { downloadType, link } = download;
    const row = this.#underItsName(download.row);
    this.#touch(row);
    const before = this.#ensureDownload(row, downloadType, link);
    if (before.link !== null && before.link !== link) this.reset(row, downloadType, link);
    this.#sql(
      `UPDATE download SET status = 'downloading', lease = lease + 1, row_type = ?, link = ?, run_id = ? WHERE row_id = ? AND download_type = ?`,
    ).run(row.type, link, runId, row.rowId, downloadType);
    return toDownloadState(this.#mustHave(row.rowId, downloadType));
  }

  record(given: AttemptRecord): DownloadState {
    const attempt = { ...given, row: this.#underItsName(given.row) };
    const { row, downloadType, outcome } = attempt;
    const known = this.#download(row.rowId, downloadType);
    if (known && isStale(attempt, known)) return this.#recordStale(attempt, known);
    this.#touch(row);
    const before = this.#ensureDownload(row, downloadType, attempt.link);
    const { generation } = before;
    const number = outcome.status === 'failed' ? before.attempts + 1 : before.attempts;
    this.#putAttempt(attempt, generation, number);
    for (const item of attempt.items) this.#putItem(attempt, generation, item);

    const shown = this.#shownAfter(attempt, before);
    this.#sql(
      `UPDATE download SET status = ?, attempts = ?, cause = ?, message = ?, permanent = ?, not_before = ?, scope = ?,
         last_attempt = ?, media_ids = ?, files = ?, errors = ?, link = coalesce(link, ?), run_id = ?, row_type = ?
       WHERE row_id = ? AND download_type = ?`,
    ).run(
      outcome.status,
      number,
      outcome.cause,
      outcome.message,
      outcome.permanent ? 1 : 0,
      outcome.notBefore,
      outcome.scope,
      attempt.endedAt,
      JSON.stringify(shown.mediaIds),
      JSON.stringify(shown.files),
      JSON.stringify(errorsAfter(before, attempt, Math.max(number, 1))),
      attempt.link,
      attempt.runId,
      row.type,
      row.rowId,
      downloadType,
    );
    return toDownloadState(this.#mustHave(row.rowId, downloadType));
  }

  reset(row: RowIdentity, downloadType: DownloadKey['downloadType'], link: string | null): void {
    this.#touch(row);
    const before = this.#ensureDownload(row, downloadType, link);
    this.#sql('DELETE FROM download WHERE row_id = ? AND download_type = ?').run(row.rowId, downloadType);
    this.#sql(
      `INSERT INTO download (row_id, download_type, generation, lease, row_type, link, status) VALUES (?, ?, ?, ?, ?, ?, 'pending')`,
    ).run(row.rowId, downloadType, before.generation + 1, before.lease + 1, row.type, link);
  }

  adopt(downloads: readonly AdoptRecord[]): void {
    for (const download of downloads) {
      const { row, downloadType, generation } = download;
      if (this.#download(row.rowId, downloadType)) continue;
      this.#touch(row);
      for (const item of download.items) this.#putItem(download, generation, item);
      this.#sql(
        `INSERT INTO download (row_id, download_type, generation, row_type, link, status, attempts, permanent, last_attempt, media_ids, files, errors)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(
        row.rowId,
        downloadType,
        generation,
        row.type,
        download.link,
        download.status,
        download.attempts,
        download.permanent ? 1 : 0,
        download.lastAttempt,
        JSON.stringify(download.mediaIds),
        JSON.stringify(download.files),
        JSON.stringify(download.errors),
      );
    }
  }

  renameRow(from: string, to: string): void {
    for (const table of TABLES_OF_ROWS)
      this.#sql(`UPDATE ${table} SET row_id = ? WHERE row_id = ?`).run(to, from);
    this.#sql('UPDATE csv_row SET seq = ? WHERE row_id = ?').run(this.#nextSeq(), to);
    this.#sql('DELETE FROM meta WHERE key = ?').run(`renamed:${to}`);
    this.#setMeta(`renamed:${from}`, to);
  }

  /** Who works on a row while it is renamed goes on to call it by the row_id of before. */
  #underItsName(row: RowIdentity): RowIdentity {
    if (this.#sql('SELECT 1 FROM csv_row WHERE row_id = ?').get(row.rowId) !== undefined) return row;
    const rowId = this.#meta(`renamed:${row.rowId}`);
    return rowId === null ? row : { ...row, rowId };
  }

  recover(): number {
    const rows = this.#sql(`SELECT DISTINCT row_id FROM download WHERE status = 'downloading'`)
      .pluck()
      .all() as string[];
    for (const rowId of rows)
      this.#sql('UPDATE csv_row SET seq = ? WHERE row_id = ?').run(this.#nextSeq(), rowId);
    return this.#sql(
      `UPDATE download SET status = 'pending', lease = lease + 1 WHERE status = 'downloading'`,
    ).run().changes;
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

  row(rowId: string): LedgerRow | null {
    return this.#rows('row_id = ?', [rowId])[0] ?? null;
  }

  rowsAfter(rowId: string | null, limit: number): readonly LedgerRow[] {
    return this.#rows(`row_id > coalesce(?, '') ORDER BY row_id LIMIT ?`, [rowId, limit]);
  }

  unprojected(limit: number): readonly LedgerRow[] {
    return this.#rows('seq > projected_seq ORDER BY seq LIMIT ?', [limit]);
  }

  statusesAfter(key: DownloadKey | null, limit: number): readonly StatusEntry[] {
    const records = this.#sql(
      `SELECT row_id, download_type, status, attempts, permanent, scope, not_before, run_id
       FROM download JOIN csv_row USING (row_id)
       WHERE (row_id, download_type) > (?, ?) AND (blocked IS NULL OR blocked = 'type_mismatch_' || iif(download_type = 'drive', 'youtube', 'drive'))
       ORDER BY row_id, download_type LIMIT ?`,
    ).all(key?.rowId ?? '', key?.downloadType ?? '', limit);
    return (records as DownloadRecord[]).map(toStatusEntry);
  }

  doneItems(key: DownloadKey): readonly ItemKey[] {
    return this.#sql(
      `SELECT i.kind, i.media_id AS mediaId FROM item i
       JOIN download d USING (row_id, download_type, generation)
       WHERE row_id = ? AND download_type = ? AND i.status = 'completed' AND i.media_id IS NOT NULL ORDER BY i.position`,
    ).all(key.rowId, key.downloadType) as ItemKey[];
  }

  filesNamed(name: string): readonly FileRecord[] {
    return this.#files('f.name = ?', name);
  }

  filesWithHash(sha256: string): readonly FileRecord[] {
    return this.#files('f.sha256 = ?', sha256);
  }

  wasProjected(rowId: string, cells: TrackingCells): boolean {
    return (
      this.#sql('SELECT 1 FROM projection WHERE row_id = ? AND digest = ?').get(rowId, digestOf(cells)) !==
      undefined
    );
  }

  markProjected(rows: readonly ProjectedRow[], mark: CsvMark | null): void {
    for (const { rowId, seq, cells, blocked } of rows) {
      this.#sql(
        `UPDATE csv_row SET projected_seq = max(projected_seq, ?), projected = coalesce(?, projected), blocked = ? WHERE row_id = ?`,
      ).run(seq, cells && JSON.stringify(cells), blocked, rowId);
      if (cells)
        this.#sql('INSERT OR IGNORE INTO projection (row_id, digest) VALUES (?, ?)').run(
          rowId,
          digestOf(cells),
        );
    }
    if (mark !== null) this.#setMeta('csv_mark', mark);
  }

  /** Looks through the whole database; throws when it is damaged. */
  check(): void {
    const [finding] = this.#db.pragma('quick_check(1)', { simple: false }) as readonly {
      quick_check: string;
    }[];
    if (finding?.quick_check !== 'ok')
      throw new RowtrailError('ledger_corrupt', `the ledger is damaged: ${finding?.quick_check}`);
  }

  csvMark(): CsvMark | null {
    return this.#meta('csv_mark');
  }

  #files(where: string, value: string): readonly FileRecord[] {
    return (
      this.#sql(
        `SELECT f.*, r.type, r.name AS person_name, r.email FROM file f JOIN csv_row r USING (row_id)
         WHERE ${where} ORDER BY f.generation DESC, f.row_id`,
      ).all(value) as FileRow[]
    ).map(toFileRecord);
  }

  /** The result of work that was overtaken (a reset, another link, a lease given away) is history, and no more. */
  #recordStale(attempt: AttemptRecord, known: DownloadRecord): DownloadState {
    const generation = attempt.generation ?? known.generation;
    this.#putAttempt(attempt, generation, known.attempts);
    // Its files are there and may be looked for; within the present generation only the present holder speaks.
    if (generation !== known.generation)
      for (const item of attempt.items) this.#putItem(attempt, generation, item);
    return toDownloadState(known);
  }

  #putAttempt(attempt: AttemptRecord, generation: number, number: number): void {
    const { row, downloadType, outcome } = attempt;
    this.#sql(
      `INSERT INTO attempt (row_id, download_type, generation, link, number, started_at, ended_at, status, cause, category, message, run_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      row.rowId,
      downloadType,
      generation,
      attempt.link,
      Math.max(number, 1),
      attempt.startedAt,
      attempt.endedAt,
      outcome.status,
      outcome.cause,
      outcome.category,
      outcome.message,
      attempt.runId,
    );
  }

  #putItem(attempt: ItemOwner, generation: number, item: ItemResult): void {
    const key = itemKey({ kind: item.kind, mediaId: item.mediaId ?? `#${item.position}` });
    const { row, downloadType } = attempt;
    const status = item.failure === null ? 'completed' : 'failed';
    const costs = item.failure === null || causeFacts(item.failure.cause).verdict !== 'later' ? 1 : 0;
    this.#sql(
      `INSERT INTO item (row_id, download_type, generation, item_key, kind, media_id, position, title, source_url, status, attempts, cause, message, not_before, metadata_file)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET position = excluded.position, title = coalesce(excluded.title, title), source_url = excluded.source_url,
         status = excluded.status, attempts = attempts + excluded.attempts, cause = excluded.cause, message = excluded.message,
         not_before = excluded.not_before, metadata_file = coalesce(excluded.metadata_file, metadata_file)`,
    ).run(
      row.rowId,
      downloadType,
      generation,
      key,
      item.kind,
      item.mediaId,
      item.position,
      item.title,
      item.sourceUrl,
      status,
      costs,
      item.failure?.cause ?? null,
      item.failure?.message ?? null,
      item.failure?.notBefore ?? null,
      item.metadataFile,
    );
    if (item.failure !== null) return;
    this.#sql(
      'DELETE FROM file WHERE row_id = ? AND download_type = ? AND generation = ? AND item_key = ?',
    ).run(row.rowId, downloadType, generation, key);
    for (const [ordinal, file] of item.files.entries()) {
      this.#sql(
        `INSERT INTO file (row_id, download_type, generation, item_key, ordinal, path, name, folder, size, sha256)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(
        row.rowId,
        downloadType,
        generation,
        key,
        ordinal,
        file.path,
        basename(file.path),
        attempt.folder,
        // Without a hash nobody looked at the file: its size is not known either.
        file.sha256 === '' ? null : file.size,
        file.sha256 || null,
      );
    }
  }

  /** What was taken over from the CSV's cells alone stands in no item: it stays until something else arrives. */
  #shownAfter({ row, downloadType }: AttemptRecord, before: DownloadRecord): Arrived {
    const shown = this.#arrived(row.rowId, downloadType, before.generation);
    if (shown.files.length > 0 || shown.mediaIds.length > 0 || before.files === '[]') return shown;
    const knownFile = this.#sql(
      'SELECT 1 FROM file WHERE row_id = ? AND download_type = ? AND generation = ? LIMIT 1',
    ).get(row.rowId, downloadType, before.generation);
    if (knownFile !== undefined) return shown;
    return {
      mediaIds: JSON.parse(before.media_ids) as string[],
      files: JSON.parse(before.files) as string[],
    };
  }

  /** What `*_media_id` and `*_files` show: everything of this generation that arrived, in order. */
  #arrived(rowId: string, downloadType: string, generation: number): Arrived {
    const mediaIds = this.#sql(
      `SELECT media_id FROM item
       WHERE row_id = ? AND download_type = ? AND generation = ? AND status = 'completed' AND media_id IS NOT NULL
       GROUP BY media_id ORDER BY min(position)`,
    )
      .pluck()
      .all(rowId, downloadType, generation) as string[];
    const files = this.#sql(
      `SELECT f.path FROM file f JOIN item i USING (row_id, download_type, generation, item_key)
       WHERE row_id = ? AND download_type = ? AND generation = ? AND i.status = 'completed' ORDER BY i.position, f.ordinal`,
    )
      .pluck()
      .all(rowId, downloadType, generation) as string[];
    return { mediaIds, files };
  }

  /** Writes down who the row is now. Under somebody else's row_id everything begins anew; the history stays. */
  #touch(row: RowIdentity): void {
    const known = this.#sql('SELECT type, email FROM csv_row WHERE row_id = ?').get(row.rowId) as
      Pick<RowIdentity, 'type' | 'email'> | undefined;
    if (known && known.type !== row.type && known.email !== row.email) {
      this.#sql(
        `INSERT OR REPLACE INTO download (row_id, download_type, generation, lease, row_type, status)
         SELECT row_id, download_type, generation + 1, lease + 1, ?, 'pending' FROM download WHERE row_id = ?`,
      ).run(row.type, row.rowId);
    }
    this.#sql(
      `INSERT INTO csv_row (row_id, type, name, email, seq) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET type = excluded.type, name = excluded.name, email = excluded.email, seq = excluded.seq`,
    ).run(row.rowId, row.type, row.name, row.email, this.#nextSeq());
  }

  #nextSeq(): number {
    return this.#sql(
      `INSERT INTO meta VALUES ('seq', 1) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING CAST(value AS INTEGER)`,
    )
      .pluck()
      .get() as number;
  }

  #ensureDownload(row: RowIdentity, downloadType: string, link: string | null): DownloadRecord {
    const found = this.#download(row.rowId, downloadType);
    if (found) return found;
    this.#sql(
      `INSERT INTO download (row_id, download_type, generation, row_type, link, status) VALUES (?, ?, 1, ?, ?, 'pending')`,
    ).run(row.rowId, downloadType, row.type, link);
    return this.#mustHave(row.rowId, downloadType);
  }

  /** A record that was written a moment ago in the same transaction. */
  #mustHave(rowId: string, downloadType: string): DownloadRecord {
    const record = this.#download(rowId, downloadType);
    if (record === undefined) throw new Error(`the ledger lost row ${rowId} within its own transaction`);
    return record;
  }

  #download(rowId: string, downloadType: string): DownloadRecord | undefined {
    return this.#sql('SELECT * FROM download WHERE row_id = ? AND download_type = ?').get(
      rowId,
      downloadType,
    ) as DownloadRecord | undefined;
  }

  /** Rows by a condition, in its order, with their downloads: two queries, however many rows. */
  #rows(condition: string, values: readonly (string | number | null)[]): readonly LedgerRow[] {
    const records = this.#sql(`SELECT * FROM csv_row WHERE ${condition}`).all(...values) as CsvRowRecord[];
    const downloads = this.#sql(
      `SELECT d.* FROM download d WHERE d.row_id IN (SELECT row_id FROM csv_row WHERE ${condition})`,
    ).all(...values) as DownloadRecord[];
    const byRow = Map.groupBy(downloads, ({ row_id }) => row_id);
    return records.map((record) => toLedgerRow(record, byRow.get(record.row_id) ?? []));
  }

  #meta(key: string): string | null {
    return (this.#sql('SELECT value FROM meta WHERE key = ?').pluck().get(key) as string | undefined) ?? null;
  }

  #setMeta(key: string, value: string): void {
    this.#sql('INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value').run(
      key,
      value,
    );
  }

  #sql(text: string): Statement {
    let statement = this.#statements.get(text);
    if (statement === undefined) {
      statement = this.#db.prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }
}

/** What an item's records need to know of the attempt, or of the CSV, that tells of it. */
type ItemOwner = Pick<AttemptRecord, 'row' | 'downloadType' | 'folder'>;

interface Arrived {
  readonly mediaIds: readonly string[];
  readonly files: readonly string[];
}

const TABLES_OF_ROWS = ['csv_row', 'projection', 'download', 'attempt', 'item', 'file'] as const;

function isStale({ generation, lease }: AttemptRecord, known: DownloadRecord): boolean {
  return (generation ?? known.generation) !== known.generation || (lease ?? known.lease) !== known.lease;
}

function digestOf(cells: TrackingCells): Buffer {
  const hash = createHash('sha256');
  for (const column of TRACKING_COLUMNS) hash.update(cells[column]).update('\0');
  return hash.digest().subarray(0, 12);
}

/** A new attempt's entries after the ones that are there: one for the download's failure, or one for each item that is gone. */
function errorsAfter(before: DownloadRecord, attempt: AttemptRecord, number: number): readonly ErrorEntry[] {
  const failed = attempt.items.filter((item) => item.failure !== null);
  const entries =
    failed.length > 0
      ? failed.map(({ failure }) => ({
          category: causeFacts(failure?.cause ?? '').category,
          message: failure?.message ?? '',
        }))
      : attempt.outcome.message !== null
        ? [{ category: attempt.outcome.category, message: attempt.outcome.message }]
        : [];
  // A video that is gone takes its transcript with it, for the same reason: that is one thing to know, not two.
  const texts = new Set(
    entries.map(({ category, message }) => errorEntry(attempt.downloadType, number, category, message)),
  );
  return [
    ...(JSON.parse(before.errors) as ErrorEntry[]),
    ...Array.from(texts, (text) => ({ at: attempt.endedAt, text })),
  ].slice(-MAX_ERROR_ENTRIES);
}

import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { causeFacts, RowtrailError } from '../../errors/index.ts';
import { type DownloadKey, type ItemKey, TRACKING_COLUMNS, type TrackingCells } from '../../row/index.ts';
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
import { Items } from './items.ts';
import {
  type DownloadRecord,
  toDownloadState,
  toLedgerRow,
  toStatusEntry,
  type CsvRowRecord,
} from './records.ts';
import { Statements } from './statements.ts';

/**
 * The ledger's operations as plain synchronous functions of a database; the worker thread runs them inside its
 * transactions. Each leaves the database consistent by itself.
 */
export class Operations {
  readonly #statements: Statements;
  readonly #items: Items;

  constructor(db: Database) {
    this.#statements = new Statements(db);
    this.#items = new Items(this.#statements);
  }

  /** To be called before a commit. */
  beforeCommit(): void {
    this.#statements.writeSeq();
  }

  /** To be called after a rollback. */
  afterRollback(): void {
    this.#statements.forgetSeq();
  }

  begin(download: BeginRecord, runId: string): DownloadState {
    const { downloadType, link } = download;
    const row = this.#underItsName(download.row);
    this.#touch(row);
    const known = this.#download(row.rowId, downloadType) ?? newDownload(row, downloadType, link);
    const before = known.link !== null && known.link !== link ? begunAnew(known, row, link) : known;
    return this.#put({
      ...before,
      status: 'downloading',
      lease: before.lease + 1,
      row_type: row.type,
      link,
      run_id: runId,
    });
  }

  record(given: AttemptRecord): DownloadState {
    const attempt = { ...given, row: this.#underItsName(given.row) };
    const { row, downloadType, outcome } = attempt;
    const known = this.#download(row.rowId, downloadType);
    if (known && isStale(attempt, known)) return this.#recordStale(attempt, known);
    this.#touch(row);
    const before = this.#download(row.rowId, downloadType) ?? newDownload(row, downloadType, attempt.link);
    const { generation } = before;
    const number = outcome.status === 'failed' ? before.attempts + 1 : before.attempts;
    this.#putAttempt(attempt, generation, number);
    this.#items.put(attempt, generation, attempt.items);
    const shown = this.#items.shownAfter(attempt, before);
    return this.#put({
      ...before,
      status: outcome.status,
      attempts: number,
      cause: outcome.cause,
      message: outcome.message,
      permanent: outcome.permanent ? 1 : 0,
      not_before: outcome.notBefore,
      scope: outcome.scope,
      last_attempt: attempt.endedAt,
      media_ids: JSON.stringify(shown.mediaIds),
      files: JSON.stringify(shown.files),
      errors: JSON.stringify(errorsAfter(before, attempt, Math.max(number, 1))),
      link: before.link ?? attempt.link,
      run_id: attempt.runId,
      row_type: row.type,
    });
  }

  reset(row: RowIdentity, downloadType: DownloadKey['downloadType'], link: string | null): void {
    this.#touch(row);
    const before = this.#download(row.rowId, downloadType) ?? newDownload(row, downloadType, link);
    this.#put(begunAnew(before, row, link));
  }

  adopt(downloads: readonly AdoptRecord[]): void {
    for (const download of downloads) {
      const { row, downloadType, generation } = download;
      if (this.#download(row.rowId, downloadType)) continue;
      this.#touch(row);
      this.#items.put(download, generation, download.items);
      this.#put({
        ...newDownload(row, downloadType, download.link),
        generation,
        status: download.status,
        attempts: download.attempts,
        permanent: download.permanent ? 1 : 0,
        last_attempt: download.lastAttempt,
        media_ids: JSON.stringify(download.mediaIds),
        files: JSON.stringify(download.files),
        errors: JSON.stringify(download.errors),
      });
    }
  }

  renameRow(from: string, to: string): void {
    for (const table of TABLES_OF_ROWS)
      this.#sql(`UPDATE ${table} SET row_id = ? WHERE row_id = ?`).run(to, from);
    this.#sql('UPDATE csv_row SET seq = ? WHERE row_id = ?').run(this.#statements.nextSeq(), to);
    this.#sql('DELETE FROM meta WHERE key = ?').run(`renamed:${to}`);
    this.#statements.setMeta(`renamed:${from}`, to);
  }

  /** Who works on a row while it is renamed goes on to call it by the row_id of before. */
  #underItsName(row: RowIdentity): RowIdentity {
    if (this.#sql('SELECT 1 FROM csv_row WHERE row_id = ?').get(row.rowId) !== undefined) return row;
    const rowId = this.#statements.meta(`renamed:${row.rowId}`);
    return rowId === null ? row : { ...row, rowId };
  }

  recover(): number {
    const rows = this.#sql(`SELECT DISTINCT row_id FROM download WHERE status = 'downloading'`)
      .pluck()
      .all() as string[];
    for (const rowId of rows)
      this.#sql('UPDATE csv_row SET seq = ? WHERE row_id = ?').run(this.#statements.nextSeq(), rowId);
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

  unprojected(seq: number, limit: number): readonly LedgerRow[] {
    return this.#rows('seq > projected_seq AND seq > ? ORDER BY seq LIMIT ?', [seq, limit]);
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
    return this.#items.done(key);
  }

  filesNamed(name: string): readonly FileRecord[] {
    return this.#items.filesNamed(name);
  }

  filesWithHash(sha256: string): readonly FileRecord[] {
    return this.#items.filesWithHash(sha256);
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
    if (mark !== null) this.#statements.setMeta('csv_mark', mark);
  }

  /** Looks through the whole database; throws when it is damaged. */
  check(): void {
    const [finding] = this.#statements.pragma('quick_check(1)') as readonly { quick_check: string }[];
    if (finding?.quick_check !== 'ok')
      throw new RowtrailError('ledger_corrupt', `the ledger is damaged: ${finding?.quick_check}`);
  }

  csvMark(): CsvMark | null {
    return this.#statements.meta('csv_mark');
  }

  /** The result of work that was overtaken (a reset, another link, a lease given away) is history, and no more. */
  #recordStale(attempt: AttemptRecord, known: DownloadRecord): DownloadState {
    const generation = attempt.generation ?? known.generation;
    this.#putAttempt(attempt, generation, known.attempts);
    // Its files are there and may be looked for; within the present generation only the present holder speaks.
    if (generation !== known.generation) this.#items.put(attempt, generation, attempt.items);
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
    ).run(row.rowId, row.type, row.name, row.email, this.#statements.nextSeq());
  }

  /** Writes a download as it is now. @returns its state */
  #put(record: DownloadRecord): DownloadState {
    this.#sql(
      `INSERT OR REPLACE INTO download (row_id, download_type, generation, lease, row_type, link, status, attempts, cause, message,
         permanent, not_before, scope, last_attempt, media_ids, files, errors, run_id)
       VALUES (@row_id, @download_type, @generation, @lease, @row_type, @link, @status, @attempts, @cause, @message,
         @permanent, @not_before, @scope, @last_attempt, @media_ids, @files, @errors, @run_id)`,
    ).run(record);
    return toDownloadState(record);
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

  #sql(text: string) {
    return this.#statements.sql(text);
  }
}

const TABLES_OF_ROWS = ['csv_row', 'projection', 'download', 'attempt', 'item'] as const;

/** A download that nothing has happened to. */
function newDownload(
  row: RowIdentity,
  downloadType: DownloadKey['downloadType'],
  link: string | null,
): DownloadRecord {
  return {
    row_id: row.rowId,
    download_type: downloadType,
    generation: 1,
    lease: 0,
    row_type: row.type,
    link,
    status: 'pending',
    attempts: 0,
    cause: null,
    message: null,
    permanent: 0,
    not_before: null,
    scope: 'full',
    last_attempt: null,
    media_ids: '[]',
    files: '[]',
    errors: '[]',
    run_id: null,
  };
}

/** The next generation of a download: nothing done, nothing tried. */
function begunAnew(
  { download_type, generation, lease }: DownloadRecord,
  row: RowIdentity,
  link: string | null,
): DownloadRecord {
  return { ...newDownload(row, download_type, link), generation: generation + 1, lease: lease + 1 };
}

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

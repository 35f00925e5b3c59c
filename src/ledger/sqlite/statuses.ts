import type { DownloadKey } from '../../row/index.ts';
import type { CsvMark } from '../ledger.ts';
import { lastKeyOf, packedSql, type StatusRow, toColumns } from '../recording/status-columns.ts';
import type { OpenStatusPage, StatusCursor, StatusList, StatusPage } from '../status-page.ts';
import type { Statements } from './statements.ts';

export const PACKED = packedSql((condition) => `(${condition})`, 'min', '?');

/** Rows that can be written: what was recorded for somebody else says nothing of the others. */
export const IS_SHOWN = `NOT EXISTS (
  SELECT 1 FROM csv_row b INDEXED BY csv_row_blocked WHERE b.row_id = d.row_id AND b.blocked IS NOT NULL
    AND b.blocked <> 'type_mismatch_' || iif(d.download_type = 'drive', 'youtube', 'drive'))`;

/** Word for word the condition of the partial index that makes it cheap, as are those below. */
export const IS_OPEN = `(status IN ('pending', 'failed') OR scope <> 'full')`;

const LISTS: Readonly<Record<Exclude<StatusList, 'unprojected'>, string>> = {
  open: IS_OPEN,
  in_progress: `status = 'downloading'`,
};

/** The statuses of many downloads, for laying over a CSV. */
export class Statuses {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  after(key: DownloadKey | null, limit: number, runId: string | null): StatusPage {
    const found = this.#inOrder('1', key, limit, runId);
    return { ...toColumns(found), next: found.length < limit ? null : lastKeyOf(found) };
  }

  beside(
    mark: CsvMark,
    cursor: StatusCursor | null,
    limit: number,
    runId: string | null,
  ): OpenStatusPage | null {
    if (this.#statements.meta('csv_mark') !== mark) return null;
    const { list, key = null, seq = 0 } = cursor ?? { list: 'open' };
    if (list === 'unprojected') return this.#unprojected(seq, limit, runId);
    const found = this.#inOrder(LISTS[list], key, limit, runId);
    const last = found.length < limit ? null : lastKeyOf(found);
    const following = list === 'open' ? 'in_progress' : 'unprojected';
    return { ...toColumns(found), next: last === null ? { list: following } : { list, key: last } };
  }

  #inOrder(condition: string, key: DownloadKey | null, limit: number, runId: string | null): StatusRow[] {
    return this.#statements
      .sql(
        `SELECT row_id, ${PACKED}, not_before FROM download d
         WHERE ${condition} AND (row_id, download_type) > (?, ?) AND ${IS_SHOWN}
         ORDER BY row_id, download_type LIMIT ?`,
      )
      .raw()
      .all(runId, key?.rowId ?? '', key?.downloadType ?? '', limit) as StatusRow[];
  }

  /** A row's downloads come together, so the limit counts rows. */
  #unprojected(seq: number, limit: number, runId: string | null): OpenStatusPage {
    const rows = this.#statements
      .sql('SELECT seq FROM csv_row WHERE seq > projected_seq AND seq > ? ORDER BY seq LIMIT ?')
      .pluck()
      .all(seq, limit) as number[];
    const last = rows.at(-1) ?? seq;
    const found = this.#statements
      .sql(
        `SELECT d.row_id, ${PACKED}, d.not_before FROM csv_row r JOIN download d ON d.row_id = r.row_id
         WHERE r.seq > r.projected_seq AND r.seq > ? AND r.seq <= ? AND ${IS_SHOWN} ORDER BY r.seq`,
      )
      .raw()
      .all(runId, seq, last) as StatusRow[];
    return { ...toColumns(found), next: rows.length < limit ? null : { list: 'unprojected', seq: last } };
  }
}

import { DOWNLOAD_TYPES, type DownloadKey, type DownloadType } from '../../row/index.ts';
import type { CausePage, ChangePage } from '../change-page.ts';
import { type StatusRow, toColumns } from '../recording/status-columns.ts';
import type { Statements } from './statements.ts';
import { IS_OPEN, IS_SHOWN, PACKED } from './statuses.ts';

type ChangedRow = readonly [...StatusRow, cause: string | null, lastAttempt: string | null, files: string];

/** What changed since somebody last looked. */
export class Changes {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  last(): number {
    return Number(this.#statements.meta('seq') ?? 0);
  }

  /** A row's downloads come together, so the limit counts rows. */
  after(seq: number, limit: number): ChangePage {
    const rows = this.#statements
      .sql('SELECT seq FROM csv_row INDEXED BY csv_row_changed WHERE seq > ? ORDER BY seq LIMIT ?')
      .pluck()
      .all(seq, limit) as number[];
    const upTo = rows.at(-1) ?? seq;
    const found = this.#statements
      .sql(
        `SELECT d.row_id, ${PACKED}, d.not_before, d.cause, d.last_attempt, d.files
         FROM csv_row r INDEXED BY csv_row_changed JOIN download d ON d.row_id = r.row_id
         WHERE r.seq > ? AND r.seq <= ? AND ${IS_SHOWN} ORDER BY r.seq`,
      )
      .raw()
      .all(null, seq, upTo) as ChangedRow[];
    return {
      ...toColumns(found.map(([rowId, packed, notBefore]) => [rowId, packed, notBefore])),
      causes: found.map(([, , , cause]) => cause),
      lastAttempts: found.map(([, , , , lastAttempt]) => lastAttempt),
      files: found.map(([, , , , , files]) => JSON.parse(files) as readonly string[]),
      upTo,
      more: rows.length === limit,
    };
  }

  openCauses(key: DownloadKey | null, limit: number): CausePage {
    const found = this.#statements
      .sql(
        `SELECT row_id, download_type, cause FROM download d
         WHERE ${IS_OPEN} AND cause IS NOT NULL AND (row_id, download_type) > (?, ?) AND ${IS_SHOWN}
         ORDER BY row_id, download_type LIMIT ?`,
      )
      .raw()
      .all(key?.rowId ?? '', key?.downloadType ?? '', limit) as [string, DownloadType, string][];
    const last = found.length < limit ? undefined : found.at(-1);
    return {
      rowIds: found.map(([rowId]) => rowId),
      downloadTypes: Uint8Array.from(found, ([, type]) => DOWNLOAD_TYPES.indexOf(type)),
      causes: found.map(([, , cause]) => cause),
      next: last === undefined ? null : { rowId: last[0], downloadType: last[1] },
    };
  }
}

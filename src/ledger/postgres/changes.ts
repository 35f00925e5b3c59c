import { DOWNLOAD_TYPES, type DownloadKey, type DownloadType } from '../../row/index.ts';
import type { CausePage, ChangePage } from '../change-page.ts';
import { type StatusRow, toColumns } from '../recording/status-columns.ts';
import { IS_OPEN, IS_SHOWN, packed } from './shown.ts';
import type { Store } from './store.ts';

type ChangedRow = readonly [...StatusRow, cause: string | null, lastAttempt: string | null, files: string];

/** What changed since somebody last looked. */
export class Changes {
  readonly #store: Store;
  readonly #csvId: number;

  constructor(store: Store, csvId: number) {
    this.#store = store;
    this.#csvId = csvId;
  }

  async last(): Promise<number> {
    const [csv] = await this.#store.rows<{ readonly seq: number }>(
      'SELECT seq FROM rowtrail.csv WHERE id = $1',
      [this.#csvId],
    );
    return csv?.seq ?? 0;
  }

  /** A row's downloads come together, so the limit counts rows. */
  async after(seq: number, limit: number): Promise<ChangePage> {
    const rows = await this.#store.rows<{ readonly seq: number }>(
      'SELECT seq FROM rowtrail.csv_row WHERE csv_id = $1 AND seq > $2 ORDER BY seq LIMIT $3',
      [this.#csvId, seq, limit],
    );
    const upTo = rows.at(-1)?.seq ?? seq;
    const found = await this.#store.tuples<ChangedRow>(
      `SELECT d.row_id, ${packed('$2')}, d.not_before, d.cause, d.last_attempt, d.files
       FROM rowtrail.csv_row r JOIN rowtrail.download d ON d.csv_id = r.csv_id AND d.row_id = r.row_id
       WHERE r.csv_id = $1 AND r.seq > $3 AND r.seq <= $4 AND ${IS_SHOWN} ORDER BY r.seq`,
      [this.#csvId, null, seq, upTo],
    );
    return {
      ...toColumns(found.map(([rowId, status, notBefore]) => [rowId, status, notBefore])),
      causes: found.map(([, , , cause]) => cause),
      lastAttempts: found.map(([, , , , lastAttempt]) => lastAttempt),
      files: found.map(([, , , , , files]) => JSON.parse(files) as readonly string[]),
      upTo,
      more: rows.length === limit,
    };
  }

  async openCauses(key: DownloadKey | null, limit: number): Promise<CausePage> {
    const found = await this.#store.tuples<readonly [string, DownloadType, string]>(
      `SELECT row_id, download_type, cause FROM rowtrail.download d
       WHERE csv_id = $1 AND ${IS_OPEN} AND cause IS NOT NULL AND (row_id, download_type) > ($2, $3) AND ${IS_SHOWN}
       ORDER BY row_id, download_type LIMIT $4`,
      [this.#csvId, key?.rowId ?? '', key?.downloadType ?? '', limit],
    );
    const last = found.length < limit ? undefined : found.at(-1);
    return {
      rowIds: found.map(([rowId]) => rowId),
      downloadTypes: Uint8Array.from(found, ([, type]) => DOWNLOAD_TYPES.indexOf(type)),
      causes: found.map(([, , cause]) => cause),
      next: last === undefined ? null : { rowId: last[0], downloadType: last[1] },
    };
  }
}

import type { DownloadKey } from '../../row/index.ts';
import type { CsvMark } from '../ledger.ts';
import { lastKeyOf, type StatusRow, toColumns } from '../recording/status-columns.ts';
import type { OpenStatusPage, StatusCursor, StatusList, StatusPage } from '../status-page.ts';
import { IS_OPEN, IS_SHOWN, packed } from './shown.ts';
import type { Store } from './store.ts';

const LISTS: Readonly<Record<Exclude<StatusList, 'unprojected'>, string>> = {
  open: IS_OPEN,
  in_progress: `status = 'downloading'`,
};

/** The statuses of many downloads, for laying over a CSV. */
export class Statuses {
  readonly #store: Store;
  readonly #csvId: number;

  constructor(store: Store, csvId: number) {
    this.#store = store;
    this.#csvId = csvId;
  }

  async after(key: DownloadKey | null, limit: number, runId: string | null): Promise<StatusPage> {
    const found = await this.#inOrder('true', key, limit, runId);
    return { ...toColumns(found), next: found.length < limit ? null : lastKeyOf(found) };
  }

  async beside(
    mark: CsvMark,
    cursor: StatusCursor | null,
    limit: number,
    runId: string | null,
  ): Promise<OpenStatusPage | null> {
    const { list, key = null, seq = 0 } = cursor ?? { list: 'open' };
    // The mark is looked at after the page was read: as long as it is the same, nothing of the page was projected meanwhile.
    const page =
      list === 'unprojected'
        ? await this.#unprojected(seq, limit, runId)
        : await this.#ofList(list, key, limit, runId);
    const [known] = await this.#store.rows<{ readonly value: string }>(
      `SELECT value FROM rowtrail.meta WHERE csv_id = $1 AND key = 'csv_mark'`,
      [this.#csvId],
    );
    return known?.value === mark ? page : null;
  }

  async #ofList(
    list: Exclude<StatusList, 'unprojected'>,
    key: DownloadKey | null,
    limit: number,
    runId: string | null,
  ): Promise<OpenStatusPage> {
    const found = await this.#inOrder(LISTS[list], key, limit, runId);
    const last = found.length < limit ? null : lastKeyOf(found);
    const following = list === 'open' ? 'in_progress' : 'unprojected';
    return { ...toColumns(found), next: last === null ? { list: following } : { list, key: last } };
  }

  #inOrder(
    condition: string,
    key: DownloadKey | null,
    limit: number,
    runId: string | null,
  ): Promise<readonly StatusRow[]> {
    return this.#store.tuples<StatusRow>(
      `SELECT row_id, ${packed('$2')}, not_before FROM rowtrail.download d
       WHERE csv_id = $1 AND ${condition} AND (row_id, download_type) > ($3, $4) AND ${IS_SHOWN}
       ORDER BY row_id, download_type LIMIT $5`,
      [this.#csvId, runId, key?.rowId ?? '', key?.downloadType ?? '', limit],
    );
  }

  /** A row's downloads come together, so the limit counts rows. */
  async #unprojected(seq: number, limit: number, runId: string | null): Promise<OpenStatusPage> {
    const rows = await this.#store.rows<{ readonly seq: number }>(
      `SELECT seq FROM rowtrail.csv_row WHERE csv_id = $1 AND seq > projected_seq AND seq > $2 ORDER BY seq LIMIT $3`,
      [this.#csvId, seq, limit],
    );
    const last = rows.at(-1)?.seq ?? seq;
    const found = await this.#store.tuples<StatusRow>(
      `SELECT d.row_id, ${packed('$2')}, d.not_before
       FROM rowtrail.csv_row r JOIN rowtrail.download d ON d.csv_id = r.csv_id AND d.row_id = r.row_id
       WHERE r.csv_id = $1 AND r.seq > r.projected_seq AND r.seq > $3 AND r.seq <= $4 AND ${IS_SHOWN} ORDER BY r.seq`,
      [this.#csvId, runId, seq, last],
    );
    return { ...toColumns(found), next: rows.length < limit ? null : { list: 'unprojected', seq: last } };
  }
}

import { DOWNLOAD_TYPES, type DownloadType, type ItemKey } from '../../row/index.ts';
import type { HeldItem } from '../custody.ts';
import type { FileTotals } from '../history.ts';
import type { FileRecord } from '../ledger.ts';
import type { Store } from './store.ts';

type FoundItem = Omit<HeldItem, 'files'>;
interface FoundFile {
  readonly itemId: number;
  readonly path: string;
  readonly folder: string | null;
  readonly size: number | null;
  readonly sha256: string | null;
}

/** The files that rows have, by name, content and medium. */
export class Files {
  readonly #store: Store;
  readonly #csvId: number;

  constructor(store: Store, csvId: number) {
    this.#store = store;
    this.#csvId = csvId;
  }

  named(name: string): Promise<readonly FileRecord[]> {
    return this.#files('f.name = $2', name);
  }

  withHash(sha256: string): Promise<readonly FileRecord[]> {
    return this.#files(`f.sha256 = decode($2, 'hex')`, sha256);
  }

  ofMedium({ kind, mediaId }: ItemKey): Promise<readonly FileRecord[]> {
    return this.#files(`i.media_id = $2 AND i.kind = $3 AND i.status = 'completed'`, mediaId, kind);
  }

  async itemsAfter(id: number, limit: number): Promise<readonly HeldItem[]> {
    const items = await this.#store.rows<FoundItem>(
      `SELECT i.id, i.row_id AS "rowId", i.download_type AS "downloadType", i.generation, i.kind, i.media_id AS "mediaId", i.position,
         i.title, i.source_url AS "sourceUrl", i.status, i.attempts, i.cause, i.message, i.not_before AS "notBefore",
         i.metadata_file AS "metadataFile", d.generation IS NOT DISTINCT FROM i.generation AS present
       FROM rowtrail.item i LEFT JOIN rowtrail.download d
         ON d.csv_id = i.csv_id AND d.row_id = i.row_id AND d.download_type = i.download_type
       WHERE i.csv_id = $1 AND i.id > $2 ORDER BY i.id LIMIT $3`,
      [this.#csvId, id, limit],
    );
    const last = items.at(-1);
    if (last === undefined) return [];
    const files = await this.#store.rows<FoundFile>(
      `SELECT item_id AS "itemId", path, folder, size, encode(sha256, 'hex') AS sha256 FROM rowtrail.file
       WHERE csv_id = $1 AND item_id > $2 AND item_id <= $3 ORDER BY item_id, ordinal`,
      [this.#csvId, id, last.id],
    );
    const byItem = Map.groupBy(files, ({ itemId }) => itemId);
    return items.map((item) => ({
      ...item,
      files: (byItem.get(item.id) ?? []).map(({ itemId: _item, ...file }) => file),
    }));
  }

  async totals(): Promise<Readonly<Record<DownloadType, FileTotals>>> {
    const known = await this.#store.rows<FileTotals & { readonly type: DownloadType }>(
      'SELECT download_type AS type, files, bytes FROM rowtrail.download_total WHERE csv_id = $1',
      [this.#csvId],
    );
    const [youtube, drive] = DOWNLOAD_TYPES.map((type) => {
      const { files = 0, bytes = 0 } = known.find((each) => each.type === type) ?? {};
      return { files, bytes };
    });
    const none = { files: 0, bytes: 0 };
    return { youtube: youtube ?? none, drive: drive ?? none };
  }

  #files(where: string, ...values: readonly string[]): Promise<readonly FileRecord[]> {
    return this.#store.rows<FileRecord>(
      `SELECT r.row_id AS "rowId", i.download_type AS "downloadType", r.type, r.name, r.email, i.item_key AS "itemKey", f.path, f.folder,
         f.size, encode(f.sha256, 'hex') AS sha256
       FROM rowtrail.file f JOIN rowtrail.item i ON i.csv_id = f.csv_id AND i.id = f.item_id
         JOIN rowtrail.csv_row r ON r.csv_id = i.csv_id AND r.row_id = i.row_id
       WHERE f.csv_id = $1 AND ${where} ORDER BY i.generation DESC, i.row_id, i.id, f.ordinal`,
      [this.#csvId, ...values],
    );
  }
}

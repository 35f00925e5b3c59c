import type { ItemKey } from '../../row/index.ts';
import type { HeldDownload, HeldItem, ItemLoss } from '../custody.ts';
import type { FileRecord } from '../ledger.ts';
import { type Downloads, newDownload } from './downloads.ts';
import type { Items } from './items.ts';
import type { Statements } from './statements.ts';

type FoundItem = Omit<HeldItem, 'files' | 'present'> & { readonly present: number };
interface FoundFile {
  readonly itemId: number;
  readonly path: string;
  readonly folder: string | null;
  readonly size: number | null;
  readonly sha256: Buffer | null;
}

const LOST = 'file_lost';

/** Tables that hold something of a row under its row_id, besides the files of its items. */
const TABLES_OF_ROWS = ['csv_row', 'projection', 'download', 'attempt', 'item'] as const;

/** What the ledger holds of files, for those who compare it with the disk. */
export class Custody {
  readonly #statements: Statements;
  readonly #downloads: Downloads;
  readonly #items: Items;

  constructor(statements: Statements, downloads: Downloads, items: Items) {
    this.#statements = statements;
    this.#downloads = downloads;
    this.#items = items;
  }

  filesOfMedium({ kind, mediaId }: ItemKey): readonly FileRecord[] {
    return this.#items.filesOfMedium(kind, mediaId);
  }

  itemsAfter(id: number, limit: number): readonly HeldItem[] {
    const items = this.#sql(
      `SELECT i.id, i.row_id AS rowId, i.download_type AS downloadType, i.generation, i.kind, i.media_id AS mediaId, i.position, i.title,
         i.source_url AS sourceUrl, i.status, i.attempts, i.cause, i.message, i.not_before AS notBefore, i.metadata_file AS metadataFile,
         d.generation IS i.generation AS present
       FROM item i LEFT JOIN download d ON d.row_id = i.row_id AND d.download_type = i.download_type
       WHERE i.id > ? ORDER BY i.id LIMIT ?`,
    ).all(id, limit) as FoundItem[];
    const last = items.at(-1);
    if (last === undefined) return [];
    const files = this.#sql(
      `SELECT f.item_id AS itemId, f.path, f.folder, c.size, c.sha256 FROM file f LEFT JOIN content c ON c.id = f.content_id
       WHERE f.item_id > ? AND f.item_id <= ? ORDER BY f.item_id, f.ordinal`,
    ).all(id, last.id) as FoundFile[];
    const byItem = Map.groupBy(files, ({ itemId }) => itemId);
    return items.map((item) => ({
      ...item,
      present: item.present !== 0,
      files: (byItem.get(item.id) ?? []).map(({ path, folder, size, sha256 }) => ({
        path,
        folder,
        size,
        sha256: sha256?.toString('hex') ?? null,
      })),
    }));
  }

  loseItems({ rowId, downloadType, generation, items, message }: ItemLoss): boolean {
    const before = this.#downloads.get(rowId, downloadType);
    if (before === undefined || before.generation !== generation || before.status === 'downloading')
      return false;
    const lost = items.filter(
      ({ itemId }) =>
        this.#sql(
          `UPDATE item SET status = 'failed', cause = ?, message = ?
           WHERE id = ? AND row_id = ? AND download_type = ? AND generation = ? AND status = 'completed'`,
        ).run(LOST, message, itemId, rowId, downloadType, generation).changes > 0,
    );
    // A download that was taken over from the CSV's cells has no items to lose.
    if (lost.length === 0 && items.length > 0) return false;
    const shown = this.#items.arrivedOf(rowId, downloadType, generation);
    this.#downloads.put(
      {
        ...before,
        status: 'pending',
        cause: LOST,
        message,
        permanent: 0,
        not_before: null,
        media_ids: JSON.stringify(shown.mediaIds),
        files: JSON.stringify(shown.files),
        file_count: shown.files.length,
        bytes: shown.bytes,
      },
      before,
    );
    this.#touch(rowId);
    return true;
  }

  regainItems({ rowId, downloadType, generation, items, shown: listed }: ItemLoss): boolean {
    const before = this.#downloads.get(rowId, downloadType);
    const isAsLeft =
      before?.generation === generation && before.status === 'pending' && before.cause === LOST;
    if (!isAsLeft) return false;
    for (const { itemId } of items)
      this.#sql(
        `UPDATE item SET status = 'completed', cause = NULL, message = NULL
         WHERE id = ? AND row_id = ? AND download_type = ? AND generation = ? AND cause = ?`,
      ).run(itemId, rowId, downloadType, generation, LOST);
    const arrived = this.#items.arrivedOf(rowId, downloadType, generation);
    const shown = listed === undefined || items.length > 0 ? arrived : { ...listed, bytes: 0 };
    const isWhole = this.#sql(
      `SELECT 1 FROM item WHERE row_id = ? AND download_type = ? AND generation = ? AND cause = ? LIMIT 1`,
    ).get(rowId, downloadType, generation, LOST);
    const done = isWhole === undefined;
    this.#downloads.put(
      {
        ...before,
        status: done ? 'completed' : 'pending',
        cause: done ? null : before.cause,
        message: done ? null : before.message,
        media_ids: JSON.stringify(shown.mediaIds),
        files: JSON.stringify(shown.files),
        file_count: shown.files.length,
        bytes: shown.bytes,
      },
      before,
    );
    this.#touch(rowId);
    return true;
  }

  holdItems({ row, downloadType, link, generation, items, folder, lastAttempt }: HeldDownload): boolean {
    const known = this.#downloads.get(row.rowId, downloadType);
    if (known !== undefined && (known.generation !== generation || known.status === 'downloading'))
      return false;
    this.#downloads.touch(this.#downloads.find(row));
    const before = known ?? { ...newDownload(row, downloadType, link), generation };
    this.#items.put({ row, downloadType, folder }, generation, items);
    const shown = this.#items.arrivedOf(row.rowId, downloadType, generation);
    this.#downloads.put(
      {
        ...before,
        status: 'completed',
        cause: null,
        message: null,
        permanent: 0,
        not_before: null,
        row_type: row.type,
        link: before.link ?? link,
        last_attempt: before.last_attempt ?? lastAttempt,
        media_ids: JSON.stringify(shown.mediaIds),
        files: JSON.stringify(shown.files),
        file_count: shown.files.length,
        bytes: shown.bytes,
      },
      known,
    );
    return true;
  }

  forgetRow(rowId: string): number {
    let gone = 0;
    for (const downloadType of ['youtube', 'drive']) {
      const download = this.#downloads.get(rowId, downloadType);
      // Its share of the sums goes first.
      if (download !== undefined) this.#downloads.put({ ...download, file_count: 0, bytes: 0 }, download);
    }
    gone += this.#sql('DELETE FROM file WHERE item_id IN (SELECT id FROM item WHERE row_id = ?)').run(
      rowId,
    ).changes;
    for (const table of TABLES_OF_ROWS)
      gone += this.#sql(`DELETE FROM ${table} WHERE row_id = ?`).run(rowId).changes;
    gone += this.#sql(`DELETE FROM meta WHERE key = ? OR (key LIKE 'renamed:%' AND value = ?)`).run(
      `renamed:${rowId}`,
      rowId,
    ).changes;
    gone += this.#sql(
      'DELETE FROM content WHERE NOT EXISTS (SELECT 1 FROM file WHERE file.content_id = content.id)',
    ).run().changes;
    return gone;
  }

  countRecordsOf(rowId: string): number {
    const counts = TABLES_OF_ROWS.map((table) => `(SELECT count(*) FROM ${table} WHERE row_id = @rowId)`);
    const files = '(SELECT count(*) FROM file WHERE item_id IN (SELECT id FROM item WHERE row_id = @rowId))';
    return this.#sql(`SELECT ${[...counts, files].join(' + ')}`)
      .pluck()
      .get({ rowId }) as number;
  }

  placesOf(texts: readonly string[]): readonly string[] {
    const tables = this.#sql(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
    )
      .pluck()
      .all() as string[];
    return tables.flatMap((table) => {
      const columns = this.#sql('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[];
      return columns
        .filter((column) =>
          texts.some(
            (text) =>
              text !== '' &&
              this.#sql(`SELECT 1 FROM "${table}" WHERE instr(CAST("${column}" AS TEXT), ?) > 0 LIMIT 1`).get(
                text,
              ) !== undefined,
          ),
        )
        .map((column) => `${table}.${column}`);
    });
  }

  #touch(rowId: string): void {
    this.#sql('UPDATE csv_row SET seq = ? WHERE row_id = ?').run(this.#statements.nextSeq(), rowId);
  }

  #sql(text: string) {
    return this.#statements.sql(text);
  }
}

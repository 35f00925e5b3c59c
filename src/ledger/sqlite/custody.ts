import { DOWNLOAD_TYPES, type ItemKey } from '../../row/index.ts';
import type { HeldItem } from '../custody.ts';
import type { FileRecord } from '../ledger.ts';
import type { Downloads } from './downloads.ts';
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

  forgetRow(rowId: string): number {
    let gone = 0;
    for (const downloadType of DOWNLOAD_TYPES) {
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

  #sql(text: string) {
    return this.#statements.sql(text);
  }
}

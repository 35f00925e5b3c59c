import { basename } from 'node:path';
import { causeFacts } from '../../errors/index.ts';
import { type DownloadKey, type ItemKey, type ItemResult, itemKey } from '../../row/index.ts';
import type { AttemptRecord, FileRecord } from '../ledger.ts';
import { type DownloadRecord, type FileRow, toFileRecord } from './records.ts';
import type { Statements } from './statements.ts';

/** What an item's records need to know of the attempt, or of the CSV, that tells of it. */
export type ItemOwner = Pick<AttemptRecord, 'row' | 'downloadType' | 'folder'>;

/** What `*_media_id` and `*_files` show of a download. */
export interface Arrived {
  readonly mediaIds: readonly string[];
  readonly files: readonly string[];
}

/** The items of downloads and their files. */
export class Items {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** Adds items, or brings up to date those that are known, with the files of those that arrived. */
  put(owner: ItemOwner, generation: number, items: readonly ItemResult[]): void {
    for (const item of items) {
      const id = this.#putItem(owner, generation, item);
      if (item.failure === null) this.#putFiles(id, owner.folder, item);
    }
  }

  /**
   * What the download shows after an attempt's items were put.
   * @param before the download as it was before the attempt
   */
  shownAfter({ row, downloadType, items }: AttemptRecord, before: DownloadRecord): Arrived {
    // The first items of a download are most of all results: what they show is known without a look.
    if (before.files === '[]' && before.media_ids === '[]') return arrivedOf(items);
    const shown = this.#arrived(row.rowId, downloadType, before.generation);
    if (shown.files.length > 0 || shown.mediaIds.length > 0 || before.files === '[]') return shown;
    // What was taken over from the CSV's cells alone stands in no item: it stays until something else arrives.
    const knownItem = this.#statements
      .sql(
        `SELECT 1 FROM item JOIN file ON file.item_id = item.id
         WHERE row_id = ? AND download_type = ? AND generation = ? LIMIT 1`,
      )
      .get(row.rowId, downloadType, before.generation);
    if (knownItem !== undefined) return shown;
    return {
      mediaIds: JSON.parse(before.media_ids) as string[],
      files: JSON.parse(before.files) as string[],
    };
  }

  done(key: DownloadKey): readonly ItemKey[] {
    return this.#statements
      .sql(
        `SELECT i.kind, i.media_id AS mediaId FROM item i
         JOIN download d USING (row_id, download_type, generation)
         WHERE row_id = ? AND download_type = ? AND i.status = 'completed' AND i.media_id IS NOT NULL ORDER BY i.position`,
      )
      .all(key.rowId, key.downloadType) as ItemKey[];
  }

  filesNamed(name: string): readonly FileRecord[] {
    return this.#files('f.name = ?', name);
  }

  filesWithHash(sha256: string): readonly FileRecord[] {
    return this.#files('f.sha256 = ?', Buffer.from(sha256, 'hex'));
  }

  #files(where: string, value: string | Buffer): readonly FileRecord[] {
    const found = this.#statements
      .sql(
        `SELECT f.path, f.folder, f.size, f.sha256, i.row_id, i.download_type, i.item_key,
           r.type, r.name AS person_name, r.email
         FROM file f JOIN item i ON i.id = f.item_id JOIN csv_row r USING (row_id)
         WHERE ${where} ORDER BY i.generation DESC, i.row_id`,
      )
      .all(value);
    return (found as FileRow[]).map(toFileRecord);
  }

  /** @returns the item's id */
  #putItem({ row, downloadType }: ItemOwner, generation: number, item: ItemResult): number {
    const { failure } = item;
    const costs = failure === null || causeFacts(failure.cause).verdict !== 'later' ? 1 : 0;
    return this.#statements
      .sql(
        `INSERT INTO item (row_id, download_type, generation, item_key, kind, media_id, position, title, source_url, status, attempts, cause, message, not_before, metadata_file)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET position = excluded.position, title = coalesce(excluded.title, title), source_url = excluded.source_url,
           status = excluded.status, attempts = attempts + excluded.attempts, cause = excluded.cause, message = excluded.message,
           not_before = excluded.not_before, metadata_file = coalesce(excluded.metadata_file, metadata_file)
         RETURNING id`,
      )
      .pluck()
      .get(
        row.rowId,
        downloadType,
        generation,
        itemKey({ kind: item.kind, mediaId: item.mediaId ?? `#${item.position}` }),
        item.kind,
        item.mediaId,
        item.position,
        item.title,
        item.sourceUrl,
        failure === null ? 'completed' : 'failed',
        costs,
        failure?.cause ?? null,
        failure?.message ?? null,
        failure?.notBefore ?? null,
        item.metadataFile,
      ) as number;
  }

  #putFiles(itemId: number, folder: string | null, { files }: ItemResult): void {
    this.#statements.sql('DELETE FROM file WHERE item_id = ?').run(itemId);
    for (const [ordinal, file] of files.entries()) {
      // Without a hash nobody looked at the file: its size is not known either.
      const looked = file.sha256 !== '';
      this.#statements
        .sql(
          'INSERT INTO file (item_id, ordinal, path, name, folder, size, sha256) VALUES (?, ?, ?, ?, ?, ?, ?)',
        )
        .run(
          itemId,
          ordinal,
          file.path,
          basename(file.path),
          folder,
          looked ? file.size : null,
          looked ? Buffer.from(file.sha256, 'hex') : null,
        );
    }
  }

  #arrived(rowId: string, downloadType: string, generation: number): Arrived {
    const mediaIds = this.#statements
      .sql(
        `SELECT media_id FROM item
         WHERE row_id = ? AND download_type = ? AND generation = ? AND status = 'completed' AND media_id IS NOT NULL
         GROUP BY media_id ORDER BY min(position)`,
      )
      .pluck()
      .all(rowId, downloadType, generation) as string[];
    const files = this.#statements
      .sql(
        `SELECT f.path FROM file f JOIN item i ON i.id = f.item_id
         WHERE row_id = ? AND download_type = ? AND generation = ? AND i.status = 'completed' ORDER BY i.position, f.ordinal`,
      )
      .pluck()
      .all(rowId, downloadType, generation) as string[];
    return { mediaIds, files };
  }
}

/** Everything of these items that arrived, in order; a media id stands once. */
function arrivedOf(items: readonly ItemResult[]): Arrived {
  const arrived = items.filter(({ failure }) => failure === null).toSorted((a, b) => a.position - b.position);
  return {
    mediaIds: [...new Set(arrived.flatMap(({ mediaId }) => mediaId ?? []))],
    files: arrived.flatMap(({ files }) => files.map(({ path }) => path)),
  };
}

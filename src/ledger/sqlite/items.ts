import { basename } from 'node:path';
import { causeFacts } from '../../errors/index.ts';
import type { ItemKey, ItemResult, StoredFile } from '../../row/index.ts';
import type { FileRecord } from '../ledger.ts';
import { type Arrived, bytesOf, type ItemOwner, keyOfItem } from '../recording/arrived.ts';
import { type FileRow, toFileRecord } from '../recording/records.ts';
import type { Generation, ItemStore } from '../recording/stores.ts';
import type { Statements } from './statements.ts';

/** The items of downloads and their files. */
export class Items implements ItemStore {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /**
   * Adds items, or brings up to date those that are known, with the files of those that arrived.
   * @returns whether all of them had been tried before
   */
  put(owner: ItemOwner, generation: number, items: readonly ItemResult[]): boolean {
    let isRepeated = true;
    for (const item of items) {
      const { id, attempts } = this.#putItem(owner, generation, item);
      // One that was put off counts no attempts; then it has no files either.
      const isNew = attempts <= 1;
      isRepeated &&= !isNew;
      if (item.failure === null) this.#putFiles(id, isNew, owner.folder, item);
    }
    return isRepeated;
  }

  takeFiles({ row_id, download_type, generation }: Generation, items: readonly ItemResult[]): void {
    const take = this.#statements.sql(
      `DELETE FROM file WHERE path = ? AND item_id IN (
         SELECT id FROM item WHERE row_id = ? AND download_type = ? AND generation = ? AND item_key <> ?)`,
    );
    for (const item of items)
      for (const { path } of item.files) take.run(path, row_id, download_type, generation, keyOfItem(item));
  }

  /** The items that arrived in the download's generation, in order. */
  done({ row_id, download_type, generation }: Generation): readonly ItemKey[] {
    return this.#statements
      .sql(
        `SELECT kind, media_id AS mediaId FROM item
         WHERE row_id = ? AND download_type = ? AND generation = ? AND status = 'completed' AND media_id IS NOT NULL
         ORDER BY position`,
      )
      .all(row_id, download_type, generation) as ItemKey[];
  }

  /**
   * Removes what a generation is said to have, but for items whose files are all among those that are kept. What did not arrive stays.
   * @param keys of items that are told of anew
   */
  dropAllBut(
    { row_id, download_type, generation }: Generation,
    files: ReadonlySet<string>,
    keys: ReadonlySet<string>,
  ): void {
    const items = this.#statements
      .sql(
        `SELECT i.id, i.item_key AS itemKey, i.status, json_group_array(f.path) AS paths FROM item i LEFT JOIN file f ON f.item_id = i.id
         WHERE i.row_id = ? AND i.download_type = ? AND i.generation = ? GROUP BY i.id`,
      )
      .all(row_id, download_type, generation) as {
      id: number;
      itemKey: string;
      status: string;
      paths: string;
    }[];
    for (const { id, itemKey: key, status, paths } of items) {
      const isKept = status === 'failed' || (JSON.parse(paths) as string[]).every((path) => files.has(path));
      if (isKept && !keys.has(key)) continue;
      this.#statements.sql('DELETE FROM file WHERE item_id = ?').run(id);
      this.#statements.sql('DELETE FROM item WHERE id = ?').run(id);
    }
  }

  filesNamed(name: string): readonly FileRecord[] {
    return this.#files('f.name = ?', name);
  }

  filesWithHash(sha256: string): readonly FileRecord[] {
    return this.#files(
      'f.content_id = (SELECT id FROM content WHERE sha256 = ?)',
      Buffer.from(sha256, 'hex'),
    );
  }

  filesOfMedium(kind: string, mediaId: string): readonly FileRecord[] {
    return this.#files(`i.media_id = ? AND i.kind = ? AND i.status = 'completed'`, mediaId, kind);
  }

  #files(where: string, ...values: readonly (string | Buffer)[]): readonly FileRecord[] {
    const found = this.#statements
      .sql(
        `SELECT f.path, f.folder, c.size, c.sha256, i.row_id, i.download_type, i.item_key,
           r.type, r.name AS person_name, r.email
         FROM file f JOIN item i ON i.id = f.item_id JOIN csv_row r USING (row_id) LEFT JOIN content c ON c.id = f.content_id
         WHERE ${where} ORDER BY i.generation DESC, i.row_id`,
      )
      .all(...values);
    return (found as FileRow[]).map(toFileRecord);
  }

  /** @returns the item's id, and how often it was tried by now */
  #putItem(
    { row, downloadType }: ItemOwner,
    generation: number,
    item: ItemResult,
  ): { readonly id: number; readonly attempts: number } {
    const { failure } = item;
    const costs = failure === null || causeFacts(failure.cause).verdict !== 'later' ? 1 : 0;
    return this.#statements
      .sql(
        `INSERT INTO item (row_id, download_type, generation, item_key, kind, media_id, position, title, source_url, status, attempts, cause, message, not_before, metadata_file)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET position = excluded.position, title = coalesce(excluded.title, title), source_url = excluded.source_url,
           status = excluded.status, attempts = attempts + excluded.attempts, cause = excluded.cause, message = excluded.message,
           not_before = excluded.not_before, metadata_file = coalesce(excluded.metadata_file, metadata_file)
         RETURNING id, attempts`,
      )
      .get(
        row.rowId,
        downloadType,
        generation,
        keyOfItem(item),
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
      ) as { readonly id: number; readonly attempts: number };
  }

  #putFiles(itemId: number, isNew: boolean, folder: string | null, { files }: ItemResult): void {
    if (!isNew) {
      if (this.#hasFiles(itemId, folder, files)) return;
      this.#statements.sql('DELETE FROM file WHERE item_id = ?').run(itemId);
    }
    for (const [ordinal, file] of files.entries()) {
      this.#statements
        .sql('INSERT INTO file (item_id, ordinal, path, name, folder, content_id) VALUES (?, ?, ?, ?, ?, ?)')
        .run(itemId, ordinal, file.path, basename(file.path), folder, this.#contentOf(file));
    }
  }

  /** Whether these very files stand there already: what came again as it was needs no writing. */
  #hasFiles(itemId: number, folder: string | null, files: readonly StoredFile[]): boolean {
    const known = this.#statements
      .sql(
        `SELECT f.path, f.folder, c.sha256 FROM file f LEFT JOIN content c ON c.id = f.content_id
         WHERE f.item_id = ? ORDER BY f.ordinal`,
      )
      .all(itemId) as Pick<FileRow, 'path' | 'folder' | 'sha256'>[];
    const isSame = (file: StoredFile, at: number) =>
      known[at]?.path === file.path &&
      known[at].folder === folder &&
      (known[at].sha256?.toString('hex') ?? '') === file.sha256;
    return known.length === files.length && files.every(isSame);
  }

  /** @returns the id of the file's content; null without a hash: nobody looked at the file, its size is not known either */
  #contentOf({ sha256, size }: StoredFile): number | bigint | null {
    if (sha256 === '') return null;
    const hash = Buffer.from(sha256, 'hex');
    const added = this.#statements
      .sql('INSERT INTO content (sha256, size) VALUES (?, ?) ON CONFLICT DO NOTHING')
      .run(hash, size);
    if (added.changes > 0) return added.lastInsertRowid;
    return this.#statements.sql('SELECT id FROM content WHERE sha256 = ?').pluck().get(hash) as number;
  }

  /** What a generation of a download has, by its items. */
  arrivedOf({ row_id, download_type, generation }: Generation): Arrived {
    const mediaIds = this.#statements
      .sql(
        `SELECT media_id FROM item
         WHERE row_id = ? AND download_type = ? AND generation = ? AND status = 'completed' AND media_id IS NOT NULL
         GROUP BY media_id ORDER BY min(position)`,
      )
      .pluck()
      .all(row_id, download_type, generation) as string[];
    const files = this.#statements
      .sql(
        `SELECT f.path, coalesce(c.size, 0) AS size FROM file f JOIN item i ON i.id = f.item_id LEFT JOIN content c ON c.id = f.content_id
         WHERE row_id = ? AND download_type = ? AND generation = ? AND i.status = 'completed' ORDER BY i.position, f.ordinal`,
      )
      .all(row_id, download_type, generation) as Pick<StoredFile, 'path' | 'size'>[];
    return { mediaIds, files: files.map(({ path }) => path), bytes: bytesOf(files) };
  }
  hasFiles({ row_id, download_type, generation }: Generation): boolean {
    const found = this.#statements
      .sql(
        `SELECT 1 FROM item JOIN file ON file.item_id = item.id
         WHERE row_id = ? AND download_type = ? AND generation = ? LIMIT 1`,
      )
      .get(row_id, download_type, generation);
    return found !== undefined;
  }

  fail(
    id: number,
    { row_id, download_type, generation }: Generation,
    cause: string,
    message: string,
  ): boolean {
    const { changes } = this.#statements
      .sql(
        `UPDATE item SET status = 'failed', cause = ?, message = ?
         WHERE id = ? AND row_id = ? AND download_type = ? AND generation = ? AND status = 'completed'`,
      )
      .run(cause, message, id, row_id, download_type, generation);
    return changes > 0;
  }

  mend(id: number, { row_id, download_type, generation }: Generation, cause: string): void {
    this.#statements
      .sql(
        `UPDATE item SET status = 'completed', cause = NULL, message = NULL
         WHERE id = ? AND row_id = ? AND download_type = ? AND generation = ? AND cause = ?`,
      )
      .run(id, row_id, download_type, generation, cause);
  }

  hasCause({ row_id, download_type, generation }: Generation, cause: string): boolean {
    const found = this.#statements
      .sql(
        'SELECT 1 FROM item WHERE row_id = ? AND download_type = ? AND generation = ? AND cause = ? LIMIT 1',
      )
      .get(row_id, download_type, generation, cause);
    return found !== undefined;
  }
}

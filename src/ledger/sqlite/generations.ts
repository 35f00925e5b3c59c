import type { GenerationRecord, ItemFile, ItemRecord, PastAttempt } from '../history.ts';
import { type GenerationPlace, groupGenerations } from '../recording/generations.ts';
import type { Statements } from './statements.ts';

type FoundItem = Omit<ItemRecord, 'files'> & GenerationPlace & { readonly id: number };
type FoundFile = Omit<ItemFile, 'sha256'> & { readonly itemId: number; readonly sha256: Buffer | null };

/** A row's whole history, by download type and generation, oldest first. */
export function generationsOf(statements: Statements, rowId: string): readonly GenerationRecord[] {
  const present = statements
    .sql('SELECT download_type AS downloadType, generation FROM download WHERE row_id = ?')
    .all(rowId) as GenerationPlace[];
  const attempts = statements
    .sql(
      `SELECT download_type AS downloadType, generation, number, link, started_at AS startedAt, ended_at AS endedAt, status, cause,
         category, message, lease, run_id AS runId, files, bytes
       FROM attempt WHERE row_id = ? ORDER BY id`,
    )
    .all(rowId) as (PastAttempt & GenerationPlace)[];
  const items = withFiles(statements, rowId);
  return groupGenerations(rowId, present, attempts, items);
}

function withFiles(statements: Statements, rowId: string): readonly (ItemRecord & GenerationPlace)[] {
  const items = statements
    .sql(
      `SELECT id, download_type AS downloadType, generation, kind, media_id AS mediaId, position, title, source_url AS sourceUrl, status,
         attempts, cause, message, not_before AS notBefore, metadata_file AS metadataFile
       FROM item WHERE row_id = ? ORDER BY position, id`,
    )
    .all(rowId) as FoundItem[];
  const files = statements
    .sql(
      `SELECT f.item_id AS itemId, f.path, f.folder, c.size, c.sha256
       FROM file f JOIN item i ON i.id = f.item_id LEFT JOIN content c ON c.id = f.content_id
       WHERE i.row_id = ? ORDER BY f.item_id, f.ordinal`,
    )
    .all(rowId) as FoundFile[];
  const byItem = Map.groupBy(files, ({ itemId }) => itemId);
  return items.map(({ id, ...item }) => ({
    ...item,
    files: (byItem.get(id) ?? []).map(({ path, folder, size, sha256 }) => ({
      path,
      folder,
      size,
      sha256: sha256?.toString('hex') ?? null,
    })),
  }));
}

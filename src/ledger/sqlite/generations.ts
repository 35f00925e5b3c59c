import { DOWNLOAD_TYPES, type DownloadType } from '../../row/index.ts';
import type { GenerationRecord, ItemFile, ItemRecord, PastAttempt } from '../history.ts';
import type { Statements } from './statements.ts';

/** Which generation of a row's download a record belongs to. */
interface Place {
  readonly downloadType: DownloadType;
  readonly generation: number;
}
type FoundItem = Omit<ItemRecord, 'files'> & Place & { readonly id: number };
type FoundFile = Omit<ItemFile, 'sha256'> & { readonly itemId: number; readonly sha256: Buffer | null };

/** A row's whole history, by download type and generation, oldest first. */
export function generationsOf(statements: Statements, rowId: string): readonly GenerationRecord[] {
  const present = statements
    .sql('SELECT download_type AS downloadType, generation FROM download WHERE row_id = ?')
    .all(rowId) as Place[];
  const attempts = statements
    .sql(
      `SELECT download_type AS downloadType, generation, number, link, started_at AS startedAt, ended_at AS endedAt, status, cause,
         category, message, lease, run_id AS runId, files, bytes
       FROM attempt WHERE row_id = ? ORDER BY id`,
    )
    .all(rowId) as (PastAttempt & Place)[];
  const items = withFiles(statements, rowId);
  return DOWNLOAD_TYPES.flatMap((downloadType) => {
    const known = [...present, ...attempts, ...items].filter((each) => each.downloadType === downloadType);
    const generations = [...new Set(known.map(({ generation }) => generation))].toSorted((a, b) => a - b);
    return generations.map((generation) => {
      const isOf = (place: Place) => place.downloadType === downloadType && place.generation === generation;
      return {
        rowId,
        downloadType,
        generation,
        present: present.some(isOf),
        attempts: attempts.filter(isOf).map(withoutPlace),
        items: items.filter(isOf).map(withoutPlace),
      };
    });
  });
}

function withFiles(statements: Statements, rowId: string): readonly (ItemRecord & Place)[] {
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

function withoutPlace<Record extends Place>({
  downloadType: _type,
  generation: _generation,
  ...rest
}: Record): Omit<Record, keyof Place> {
  return rest;
}

import { type ItemResult, itemKey, type StoredFile } from '../../row/index.ts';
import type { AttemptRecord } from '../ledger.ts';

/** What an item's records need to know of the attempt, or of the CSV, that tells of it. */
export type ItemOwner = Pick<AttemptRecord, 'row' | 'downloadType' | 'folder'>;

/** What `*_media_id` and `*_files` show of a download, and the bytes of these files as far as their sizes are known. */
export interface Arrived {
  readonly mediaIds: readonly string[];
  readonly files: readonly string[];
  readonly bytes: number;
}

/** The key under which an item stands in the ledger; one without an id is known by its place. */
export function keyOfItem({ kind, mediaId, position }: ItemResult): string {
  return itemKey({ kind, mediaId: mediaId ?? `#${position}` });
}

/** Everything of these items that arrived, in order; a media id stands once. */
export function arrivedOf(items: readonly ItemResult[]): Arrived {
  const arrived = items.filter(({ failure }) => failure === null).toSorted((a, b) => a.position - b.position);
  const files = arrived.flatMap((item) => item.files);
  return {
    mediaIds: [...new Set(arrived.flatMap(({ mediaId }) => mediaId ?? []))],
    files: files.map(({ path }) => path),
    bytes: bytesOf(files.filter(({ sha256 }) => sha256 !== '')),
  };
}

export function bytesOf(files: readonly Pick<StoredFile, 'size'>[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

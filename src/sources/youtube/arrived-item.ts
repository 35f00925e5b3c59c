import type { StoredItem } from '../../files/index.ts';
import type { ItemResult } from '../../row/index.ts';
import type { ItemPlace } from './wanted-items.ts';

/** An item that is in the download folder. */
export function arrivedItem(
  { kind, target, position }: ItemPlace,
  stored: StoredItem,
  title: string | null,
): ItemResult {
  return { kind, position, mediaId: target.id, title, sourceUrl: target.url, ...stored, failure: null };
}

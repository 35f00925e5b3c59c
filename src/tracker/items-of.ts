import { basename } from 'node:path';
import type { DownloadResult, ItemResult } from '../row/index.ts';

/**
 * The items of a result; of one that names none, as a caller of the API may build it, one for each media id.
 * @param known media ids that the download has already, in order: what comes again keeps its place, what is new comes after
 */
export function itemsOf(result: DownloadResult, known: readonly string[] = []): readonly ItemResult[] {
  if (result.items !== undefined) return result.items;
  const paths = [...new Set(result.filesDownloaded)];
  if (paths.length === 0 && !result.success) return [];
  const mediaIds = [...new Set((result.mediaId ?? '').split(',').map((id) => id.trim()))].filter(
    (id) => id !== '',
  );
  const order = [...new Set([...known, ...mediaIds])];
  const items = mediaIds.length === 0 ? [null] : mediaIds;
  const filesOf = Map.groupBy(paths, placesOf(paths, mediaIds));
  return items.map((mediaId, at) => ({
    kind: result.downloadType === 'youtube' ? 'video' : 'file',
    position: mediaId === null ? 0 : order.indexOf(mediaId),
    mediaId,
    title: null,
    sourceUrl: '',
    files: (filesOf.get(at) ?? []).map((path) => ({ path, size: 0, sha256: '' })),
    metadataFile: at === 0 ? result.metadataFile : null,
    failure: null,
  }));
}

/**
 * Which medium a file is of: the one whose id its name begins with, and what no id names belongs to the one before it. Where no
 * name says anything, as many files as media are theirs in order; of another number nothing is known, and the first has them all.
 */
function placesOf(paths: readonly string[], mediaIds: readonly string[]) {
  const named = paths.map((path) => placeByName(basename(path), mediaIds));
  if (named.every((place) => place < 0))
    return (_: string, at: number) => (paths.length === mediaIds.length ? at : 0);
  return (_: string, at: number) => Math.max(named.slice(0, at + 1).findLast((place) => place >= 0) ?? 0, 0);
}

/** The place of the id that a name begins with, the longest where there are several; -1 for none. */
function placeByName(name: string, mediaIds: readonly string[]): number {
  const named = mediaIds.filter((id) => name.startsWith(id) && !/^[A-Za-z0-9]/.test(name.slice(id.length)));
  return mediaIds.indexOf(named.toSorted((a, b) => b.length - a.length)[0] ?? '');
}

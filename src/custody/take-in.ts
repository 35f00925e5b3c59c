import { basename, relative } from 'node:path';
import { pathBelow } from '../files/index.ts';
import type { HeldDownload } from '../ledger/index.ts';
import { type DownloadType, type ItemResult, itemKey, type RowContext } from '../row/index.ts';
import { parseDriveLinks, parseYoutubeLinks } from '../sources/index.ts';
import type { Claims, ListedFile } from './claims.ts';
import type { Hashes, World } from './world.ts';

/**
 * A row's download from whole files whose sidecars name the row, or null where that would be guessing: every video or file that the link
 * points at has to be there. What a playlist or a folder holds is not known here, and left to the next run. Pure.
 */
export function takeIn(
  world: World,
  claims: Claims,
  hashes: Hashes,
  row: RowContext,
  downloadType: DownloadType,
): HeldDownload | null {
  const link = world.rows.get(row.rowId)?.downloads[downloadType].link ?? '';
  const wanted = mediaOf(link, downloadType);
  if (wanted === null) return null;
  const own = claims.listed.filter(
    ({ sidecar }) =>
      sidecar.row.rowId === row.rowId &&
      sidecar.row.type === row.type &&
      sidecar.downloadType === downloadType &&
      sidecar.mediaId !== null &&
      wanted.includes(sidecar.mediaId),
  );
  if (own.length === 0 || !own.every((file) => isWhole(file, world, hashes))) return null;
  const main = downloadType === 'youtube' ? 'video' : 'file';
  const items = itemsOf(own, wanted, world.folders[downloadType]);
  const hasAll = wanted.every((id) => items.some(({ kind, mediaId }) => kind === main && mediaId === id));
  if (!hasAll) return null;
  const known = world.items.find(
    (item) => item.present && item.rowId === row.rowId && item.downloadType === downloadType,
  );
  const generation = known?.generation ?? Math.max(1, ...own.map(({ sidecar }) => sidecar.generation ?? 1));
  const { rowId, type, name, email } = row;
  return {
    row: { rowId, type, name, email },
    downloadType,
    link,
    generation,
    items,
    folder: world.folders[downloadType],
    lastAttempt: own[0]?.sidecar.downloadTimestamp ?? null,
  };
}

/** The media that a link names by themselves; null for a playlist, a folder, or no link. */
export function mediaOf(link: string, downloadType: DownloadType): readonly string[] | null {
  const { targets } = downloadType === 'youtube' ? parseYoutubeLinks(link) : parseDriveLinks(link);
  const isSingle =
    targets.length > 0 && targets.every(({ kind }) => kind !== 'playlist' && kind !== 'folder');
  return isSingle ? [...new Set(targets.map(({ id }) => id))] : null;
}

function isWhole({ path, size, sha256 }: ListedFile, { disk }: World, hashes: Hashes): boolean {
  if (disk.get(path)?.size !== size) return false;
  const read = hashes.get(path);
  return read !== undefined && 'sha256' in read && read.sha256 === sha256;
}

function itemsOf(
  own: readonly ListedFile[],
  wanted: readonly string[],
  folder: string,
): readonly ItemResult[] {
  const bySidecar = new Map<string, ListedFile[]>();
  for (const file of own) {
    const { kind, mediaId } = file.sidecar;
    const key = itemKey({ kind: kind ?? 'file', mediaId: mediaId ?? '' });
    const known = bySidecar.get(key) ?? [];
    // A copy of a sidecar says the same once more.
    if (known.length === 0 || known[0]?.sidecarPath === file.sidecarPath)
      bySidecar.set(key, [...known, file]);
  }
  return [...bySidecar.values()].flatMap((files) => {
    const first = files[0];
    if (first === undefined) return [];
    const { kind, mediaId, position, title, sourceUrl } = first.sidecar;
    return [
      {
        kind: kind ?? 'file',
        position: position ?? wanted.indexOf(mediaId ?? ''),
        mediaId,
        title,
        sourceUrl: sourceUrl ?? '',
        files: files.map(({ path, size, sha256 }) => ({
          path: pathBelow(folder, path) ?? relative(folder, path).replaceAll('\\', '/'),
          size,
          sha256,
        })),
        metadataFile: basename(first.sidecarPath),
        failure: null,
      },
    ];
  });
}

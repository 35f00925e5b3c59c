import { basename } from 'node:path';
import { causeFacts } from '../../errors/index.ts';
import { splitExtension } from '../../files/index.ts';
import type { HeldItem } from '../../ledger/index.ts';
import { type DownloadType, itemKey, type RowContext } from '../../row/index.ts';
import { videoTarget, viewUrl } from '../../sources/index.ts';
import { placeOfFile, type World } from '../world.ts';
import type { FileClaim } from './claim-file.ts';
import { type LeftAlone, leftAlone } from './left-alone.ts';
import type { WantedMedia } from './wanted-media.ts';

/** A claim whose file was read. */
export interface ReadClaim extends FileClaim {
  readonly size: number;
  readonly sha256: string;
}

/** A file and what it becomes of a row. */
export interface PlannedItem {
  readonly claim: ReadClaim;
  readonly position: number;
  readonly sourceUrl: string;
  readonly title: string | null;
}

/** What a row's download gets. */
export interface PlannedDownload {
  readonly row: RowContext;
  readonly downloadType: DownloadType;
  readonly link: string;
  readonly items: readonly PlannedItem[];
  /** Whether all that is known to belong to it is there with these. */
  readonly completes: boolean;
  /** Ids that the link names and that are not there; null where a list may hold more than is known. */
  readonly missing: readonly string[] | null;
}

export interface AdoptionPlan {
  readonly downloads: readonly PlannedDownload[];
  readonly left: readonly LeftAlone[];
}

/** What rows have already, by the ledger and on the disk. */
export class HeldMedia {
  readonly #items = new Map<string, HeldItem>();

  constructor(world: World) {
    for (const item of world.items) {
      const isHere =
        item.present &&
        item.status === 'completed' &&
        item.mediaId !== null &&
        item.files.length > 0 &&
        item.files.every(
          (file) =>
            file.sha256 !== null &&
            world.disk.get(placeOfFile(world, item.downloadType, file))?.size === file.size,
        );
      if (isHere) this.#items.set(keyOf(item.rowId, item), item);
    }
  }

  of(rowId: string, medium: Pick<FileClaim, 'kind' | 'mediaId'>): HeldItem | null {
    return this.#items.get(keyOf(rowId, medium)) ?? null;
  }
}

function keyOf(
  rowId: string,
  { kind, mediaId }: { kind: FileClaim['kind']; mediaId: string | null },
): string {
  return JSON.stringify([rowId, itemKey({ kind, mediaId: mediaId ?? '' })]);
}

/** Which file each row gets of what it asks for and has not. Nothing is chosen between two that are equally good. Pure. */
export function planAdoption(
  claims: readonly ReadClaim[],
  world: World,
  wanted: WantedMedia,
  held: HeldMedia,
  format: string,
): AdoptionPlan {
  const byItem = new Map<string, { readonly rowId: string; readonly claims: ReadClaim[] }>();
  for (const claim of claims)
    for (const { rowId } of claim.owners) {
      if (held.of(rowId, claim) !== null) continue;
      const key = keyOf(rowId, claim);
      const known = byItem.get(key) ?? { rowId, claims: [] };
      known.claims.push(claim);
      byItem.set(key, known);
    }
  const chosen = new Map<string, { readonly rowId: string; readonly claims: ReadClaim[] }>();
  const used = new Set<string>();
  const passedOver = new Map<string, LeftAlone>();
  for (const { rowId, claims: all } of byItem.values()) {
    const { best, equals } = choose(all, rowId, format);
    if (best === null) {
      const names = equals.map(({ file }) => file.name).join(' and ');
      for (const { file } of equals)
        passedOver.set(
          file.path,
          leftAlone(file.path, 'several_files', `${names} differ, and both may be it.`, rowId),
        );
    } else {
      used.add(best.file.path);
      const key = JSON.stringify([rowId, best.downloadType]);
      const known = chosen.get(key) ?? { rowId, claims: [] };
      known.claims.push(best);
      chosen.set(key, known);
    }
    for (const { file, sha256 } of all)
      if (!passedOver.has(file.path) && best !== null && sha256 !== best.sha256)
        passedOver.set(file.path, leftAlone(file.path, 'other_copy', `${best.file.name} is taken.`, rowId));
  }
  const downloads = [...chosen.values()].flatMap(({ rowId, claims: own }) => {
    const row = world.rows.get(rowId);
    return row === undefined ? [] : [downloadOf(row.context, own, world, wanted, held)];
  });
  return { downloads, left: [...passedOver.values()].filter(({ path }) => !used.has(path)) };
}

/** The best of several, unless another one of other bytes is as good. */
function choose(
  claims: readonly ReadClaim[],
  rowId: string,
  format: string,
): { readonly best: ReadClaim | null; readonly equals: readonly ReadClaim[] } {
  const rank = (claim: ReadClaim) =>
    [
      claim.saidRow === rowId ? 0 : 1,
      claim.listing !== null ? 0 : 1,
      claim.info !== null ? 0 : 1,
      claim.kind !== 'video' || claim.extension === `.${format}` ? 0 : 1,
      String(claim.after).padStart(4, '0'),
    ].join('');
  const sorted = claims.toSorted((a, b) => {
    const [one, other] = [rank(a) + a.file.path, rank(b) + b.file.path];
    return one < other ? -1 : one > other ? 1 : 0;
  });
  const [best] = sorted;
  if (best === undefined) return { best: null, equals: [] };
  const equals = sorted.filter((claim) => rank(claim) === rank(best));
  const isSure = equals.every(({ sha256 }) => sha256 === best.sha256);
  return { best: isSure ? best : null, equals };
}

function downloadOf(
  row: RowContext,
  claims: readonly ReadClaim[],
  world: World,
  wanted: WantedMedia,
  held: HeldMedia,
): PlannedDownload {
  const { rowId } = row;
  const downloadType = claims[0]?.downloadType ?? 'youtube';
  const main = downloadType === 'youtube' ? 'video' : 'file';
  const isHere = (mediaId: string) =>
    held.of(rowId, { kind: main, mediaId }) !== null ||
    claims.some((claim) => claim.kind === main && claim.mediaId === mediaId);
  const known = world.items.filter(
    (item) => item.present && item.rowId === rowId && item.downloadType === downloadType,
  );
  const isGone = (mediaId: string) =>
    known.some((item) => item.kind === main && item.mediaId === mediaId && isGoneForGood(item));
  const media = wanted.mediaOf(rowId, downloadType);
  const lists = wanted.listsOf(rowId, downloadType);
  const missing = media.filter((mediaId) => !isHere(mediaId) && !isGone(mediaId));
  const hasMain = claims.some(({ kind }) => kind === main) || media.some(isHere);
  const isWholeList = lists.length === 0 || isListThere();
  const said = world.rows.get(rowId)?.downloads[downloadType];
  // What a run completed stays so. An earlier tool's word alone is no proof.
  const wasProven =
    said?.status === 'completed' &&
    known.some((item) => held.of(rowId, { ...item, mediaId: item.mediaId ?? '' }) === item);
  return {
    row,
    downloadType,
    link: said?.link ?? '',
    items: placed(claims, known, rowId),
    completes: wasProven || (missing.length === 0 && isWholeList && hasMain),
    missing: lists.length === 0 ? missing : null,
  };

  /** An earlier try has read the list, and all that it met is there by now or gone; or yt-dlp wrote down how many entries it had. */
  function isListThere(): boolean {
    const mains = known.filter((item) => item.kind === main);
    const wasRead = mains.some((item) => item.status === 'failed');
    if (
      wasRead &&
      mains.every((item) => item.mediaId !== null && (isHere(item.mediaId) || isGoneForGood(item)))
    )
      return true;
    const [list, another] = lists;
    if (list === undefined || another !== undefined || media.length > 0) return false;
    const own = claims.filter(({ kind, info }) => kind === main && info?.playlistId === list);
    const counts = own.flatMap(({ info }) => info?.playlistCount ?? []);
    const there = new Set([
      ...own.map(({ mediaId }) => mediaId),
      ...mains.flatMap(({ mediaId }) => (mediaId !== null && isHere(mediaId) ? [mediaId] : [])),
    ]);
    return counts.length > 0 && there.size >= Math.max(...counts);
  }
}

function isGoneForGood({ status, cause }: HeldItem): boolean {
  return status === 'failed' && cause !== null && causeFacts(cause).verdict === 'never';
}

/** Positions as a run would give them: a video and its transcript take two. What a list holds comes in its order, or last. */
function placed(
  claims: readonly ReadClaim[],
  known: readonly HeldItem[],
  rowId: string,
): readonly PlannedItem[] {
  let free = Math.max(0, ...known.map(({ position }) => position + 2));
  const places = new Map<string, number>();
  const inOrder = claims.toSorted((a, b) => (a.mediaId < b.mediaId ? -1 : a.mediaId > b.mediaId ? 1 : 0));
  const items = inOrder.map((claim) => {
    const { kind, mediaId, info, listing } = claim;
    const owner = claim.owners.find((each) => each.rowId === rowId);
    const step = kind === 'file' ? 1 : 2;
    const index = owner?.index ?? (info?.playlistIndex ? info.playlistIndex - 1 : null);
    const inLink = index === null ? null : index * step + (kind === 'transcript' ? 1 : 0);
    const recorded = listing?.sidecar.row.rowId === rowId ? listing.sidecar.position : null;
    const position = inLink ?? recorded ?? nextFor(mediaId, step) + (kind === 'transcript' ? 1 : 0);
    return { claim, position, sourceUrl: owner?.url ?? urlOf(claim), title: titleOf(claim) };
  });
  return items.toSorted((a, b) => a.position - b.position);

  function nextFor(mediaId: string, step: number): number {
    const place = places.get(mediaId) ?? free;
    if (!places.has(mediaId)) free += step;
    places.set(mediaId, place);
    return place;
  }
}

function urlOf({ downloadType, mediaId, listing }: ReadClaim): string {
  if (downloadType === 'youtube') return videoTarget(mediaId).url;
  return listing?.sidecar.sourceUrl ?? viewUrl({ kind: 'file', id: mediaId, resourceKey: null });
}

/** Of Drive the name is the title; of a video only what somebody wrote down. */
function titleOf({ kind, info, listing, file }: ReadClaim): string | null {
  const said = info?.title ?? listing?.sidecar.title ?? null;
  return kind === 'file' ? (said ?? splitExtension(basename(file.path)).base) : said;
}

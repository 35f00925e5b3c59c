import { basename, dirname } from 'node:path';
import { pathBelow, placeIn, type Sidecar, stemOfSidecar } from '../files/index.ts';
import type { HeldItem } from '../ledger/index.ts';
import { itemKey } from '../row/index.ts';
import { ownerByStem } from './search-sidecars.ts';
import { isOrdinary, type PlacedSidecar, placeOfFile, type World } from './world.ts';

/** A file that the ledger holds for a row of this CSV. */
export interface HeldFile {
  readonly item: HeldItem;
  /** Where it is, or is to be; absolute. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** A file that a sidecar lists. */
export interface ListedFile {
  readonly sidecar: Sidecar;
  /** Of the sidecar itself. */
  readonly sidecarPath: string;
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** Who lays claim to which file. */
export interface Claims {
  /** Of items that count now, of rows that the CSV has. */
  readonly held: readonly HeldFile[];
  /** Items that count now and whose files nobody looked at. */
  readonly unproven: readonly HeldItem[];
  readonly heldAt: ReadonlyMap<string, readonly HeldFile[]>;
  readonly listed: readonly ListedFile[];
  readonly listedAt: ReadonlyMap<string, readonly ListedFile[]>;
  /** Sidecars by the item that they tell of. */
  readonly sidecarsOf: ReadonlyMap<string, readonly PlacedSidecar[]>;
  /** Files in the download folders that nobody claims. */
  readonly unclaimed: readonly string[];
}

/** Names an item across ledger and sidecars; null for a sidecar that does not say which item it is of. */
export function identityOf(
  rowId: string,
  of: { readonly kind: Sidecar['kind']; readonly mediaId: string | null },
): string | null {
  if (of.kind === null || of.mediaId === null) return null;
  return JSON.stringify([rowId, itemKey({ kind: of.kind, mediaId: of.mediaId })]);
}

/** Whether a sidecar was written for another CSV that shares the folder. */
export function isOfOther({ path, sidecar }: PlacedSidecar, world: World): boolean {
  if (world.others.has(path)) return true;
  const csv = sidecar?.csv ?? null;
  return csv !== null && csv !== basename(world.csvPath) && world.otherCsvs.includes(csv);
}

/** Pure. */
export function claimsIn(world: World): Claims {
  const held: HeldFile[] = [];
  const unproven: HeldItem[] = [];
  const known = new Set<string>();
  for (const item of world.items) {
    const counts = item.present && item.status === 'completed' && world.rows.has(item.rowId);
    for (const file of item.files) {
      const path = placeOfFile(world, item.downloadType, file);
      known.add(path);
      if (counts && file.sha256 !== null)
        held.push({ item, path, size: file.size ?? 0, sha256: file.sha256 });
    }
    if (counts && item.files.some(({ sha256 }) => sha256 === null)) unproven.push(item);
    if (item.metadataFile !== null) known.add(placeIn(world.folders[item.downloadType], item.metadataFile));
  }
  const listed: ListedFile[] = [];
  const sidecarsOf = new Map<string, PlacedSidecar[]>();
  const earlier = new Map<string, PlacedSidecar>();
  for (const placed of world.sidecars) {
    const { path: sidecarPath, sidecar } = placed;
    if (sidecar === null) continue;
    if (sidecar.files.length === 0) earlier.set(stemOfSidecar(sidecarPath), placed);
    for (const { name, size, sha256 } of sidecar.files)
      listed.push({ sidecar, sidecarPath, path: placeIn(dirname(sidecarPath), name), size, sha256 });
    const identity = identityOf(sidecar.row.rowId, sidecar);
    if (identity !== null) sidecarsOf.set(identity, [...(sidecarsOf.get(identity) ?? []), placed]);
  }
  const listedAt = Map.groupBy(listed, ({ path }) => path);
  const said = filesSaid(world);
  const own = Object.values(world.folders);
  const unclaimed = [...world.disk.keys()].filter(
    (path) =>
      isOrdinary(path) &&
      own.some((folder) => pathBelow(folder, path) !== null) &&
      !known.has(path) &&
      !listedAt.has(path) &&
      !said.has(path) &&
      !world.others.has(path) &&
      ownerByStem(path, earlier) === undefined,
  );
  const heldAt = Map.groupBy(held, ({ path }) => path);
  return { held, unproven, heldAt, listed, listedAt, sidecarsOf, unclaimed };
}

/** Files that the cells of completed rows list. */
function filesSaid({ rows, folders }: World): Set<string> {
  const said = new Set<string>();
  for (const { downloads } of rows.values())
    for (const type of ['youtube', 'drive'] as const)
      for (const file of downloads[type].files) said.add(placeIn(folders[type], file));
  return said;
}

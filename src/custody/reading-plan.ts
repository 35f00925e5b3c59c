import type { DiskFile, FileToHash } from '../files/index.ts';
import { type Claims, identityOf } from './claims.ts';
import type { World } from './world.ts';

/** Milliseconds by which a file may seem younger than its sidecar: some file systems keep whole seconds only, or two. */
const CLOCK_STEP_MS = 2000;

/**
 * Which files have to be read to know what is in them. Quick: those that may hold what is missing, those that belong to rows without
 * being on record, and those that were changed after they were stored. Thorough: all that are on record. Pure.
 * @param isKnown whether a file was read before and has not changed since
 */
export function filesToRead(
  world: World,
  claims: Claims,
  thorough: boolean,
  isKnown: (path: string, file: DiskFile) => boolean,
): readonly FileToHash[] {
  const wanted = new Map<string, FileToHash>();
  const add = (path: string) => {
    const there = world.disk.get(path);
    if (there !== undefined && !isKnown(path, there)) wanted.set(path, { path, size: there.size });
  };
  const sizes = new Set([...claims.held, ...claims.listed].map(({ size }) => size));
  for (const path of claims.unclaimed) if (sizes.has(world.disk.get(path)?.size ?? -1)) add(path);
  for (const { path, size } of claims.listed)
    if (!claims.heldAt.has(path) && world.disk.get(path)?.size === size) add(path);
  for (const { path, size, item } of claims.held) {
    const there = world.disk.get(path);
    // Another size says enough.
    if (there === undefined || there.size !== size) continue;
    const stored = storedAt(claims, item.rowId, item);
    if (thorough || stored === null || there.mtimeMs > stored + CLOCK_STEP_MS) add(path);
  }
  return [...wanted.values()];
}

/** When an item's files were stored, by its sidecar. */
function storedAt(claims: Claims, rowId: string, item: Parameters<typeof identityOf>[1]): number | null {
  const identity = identityOf(rowId, item);
  const sidecars = identity === null ? [] : (claims.sidecarsOf.get(identity) ?? []);
  const times = sidecars
    .map(({ sidecar }) => Date.parse(sidecar?.downloadTimestamp ?? ''))
    .filter(Number.isFinite);
  return times.length === 0 ? null : Math.max(...times);
}

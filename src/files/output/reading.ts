import { basename, dirname } from 'node:path';
import { isBucketAddress } from '../bucket/bucket-address.ts';
import { type ScannedSidecar, scanFolder, type SidecarScan } from '../scan-sidecars.ts';
import type { Sidecar } from '../sidecar-format.ts';
import { isSidecarName } from '../sidecar-name.ts';
import { type FoundSidecar, likelySidecarNames, NameQuery, namesFile, readSidecarFile } from '../sidecar.ts';
import { type FolderContent, readFolderOnDisk } from '../walk.ts';
import { outputAt } from './output-at.ts';
import { placeIn } from './place.ts';

/**
 * The sidecars of an output, in no order; a folder that does not exist has none.
 * @param place a folder, or the address of a bucket
 * @throws RowtrailError `access_denied` when the folder itself cannot be read; storage_unreachable, storage_refused
 */
export function scanSidecars(place: string, scan: SidecarScan): AsyncGenerator<ScannedSidecar> {
  return isBucketAddress(place) ? outputAt(place).scanSidecars(scan) : scanFolder(place, scan);
}

/** Everything in an output, but for its staging. @param place as of `scanSidecars` */
export function readFolder(place: string): Promise<FolderContent> {
  return isBucketAddress(place) ? outputAt(place).content() : readFolderOnDisk(place);
}

/**
 * The sidecar at a path or an address, of any version up to this one and of earlier tools; null where there is none.
 * @throws RowtrailError (sidecar_newer, access_denied, storage_unreachable, storage_refused)
 */
export function readSidecar(path: string): Promise<Sidecar | null> {
  return isBucketAddress(path) ? outputAt(dirname(path)).readSidecar(basename(path)) : readSidecarFile(path);
}

/**
 * Every readable sidecar of a download folder, in no order and without loading them together; a folder that does not
 * exist has none, and those that a newer rowtrail wrote are passed over.
 */
export async function* iterateSidecars(downloadsDir: string): AsyncGenerator<FoundSidecar> {
  for await (const { path, sidecar } of scanSidecars(downloadsDir, { deep: false })) {
    if (sidecar !== null) yield { path: placeIn(downloadsDir, path), sidecar };
  }
}

/**
 * The sidecar that a file in a download folder belongs to, or null. The exact name in a sidecar's list of files
 * decides; for earlier tools, whose sidecars list none, the longest stem that the file's name begins with.
 * A sidecar's own path finds itself. The file itself need not exist.
 * @throws RowtrailError (sidecar_newer, access_denied)
 */
export async function findSidecarOf(filePath: string): Promise<FoundSidecar | null> {
  const name = basename(filePath);
  if (isSidecarName(name)) return readAt(filePath);
  for (const candidate of likelySidecarNames(name)) {
    const found = await readAt(placeIn(dirname(filePath), candidate));
    if (found !== null && namesFile(found.sidecar, name)) return found;
  }
  return (await claimsOf(filePath))[0] ?? null;
}

/**
 * Every sidecar in a file's folder that claims the file: those that list its name, else, of earlier tools, that with the longest stem
 * that the name begins with. More than one is a contradiction that a person has to settle.
 * @throws RowtrailError (sidecar_newer) for the file's own sidecar
 */
export async function claimsOf(filePath: string): Promise<readonly FoundSidecar[]> {
  const folder = dirname(filePath);
  const name = basename(filePath);
  if (isSidecarName(name)) {
    const own = await readAt(filePath);
    return own === null ? [] : [own];
  }
  const query = new NameQuery(name);
  const found: FoundSidecar[] = [];
  const likely = new Set(likelySidecarNames(name));
  const scan = { deep: false, containing: query.needles, orNamed: (path: string) => query.isStem(path) };
  for await (const { path, sidecar, problem } of scanSidecars(folder, scan)) {
    // What a newer rowtrail wrote of this very file must not be passed over as if nobody knew it.
    if (problem === 'newer' && likely.has(path)) await readSidecar(placeIn(folder, path));
    if (sidecar !== null) found.push({ path: placeIn(folder, path), sidecar });
  }
  return query.claimsAmong(found);
}

async function readAt(path: string): Promise<FoundSidecar | null> {
  const sidecar = await readSidecar(path);
  return sidecar === null ? null : { path, sidecar };
}

import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  claimsOf,
  type FoundSidecar,
  hashFile,
  inJson,
  isSidecarName,
  namesFile,
  scanSidecars,
  type Sidecar,
  stemOfSidecar,
  walkFolder,
} from '../files/index.ts';
import type { AskedFile } from './asked-file.ts';

/** A sidecar that knows a file. */
export interface Claim {
  readonly sidecar: Sidecar;
  /** The file as the sidecar names it, beside the sidecar. */
  readonly file: string;
  readonly by: 'path' | 'name' | 'content' | 'medium';
}

export interface SidecarAnswer {
  /** By the name of the file: those beside it, else those in the download folders. */
  readonly claims: readonly Claim[];
  /** By its bytes. */
  readonly copies: readonly Claim[];
  /** Of the same video or file of the host, whatever became of its bytes. */
  readonly sameMedium: readonly Claim[];
  /** What a person has to settle. */
  readonly notes: readonly string[];
}

/**
 * Whose file is this, from sidecars alone. Sizes are compared before bytes, so that the file is read only when one fits.
 * @param folders download folders, searched with all folders in them
 */
export async function searchSidecars(asked: AskedFile, folders: readonly string[]): Promise<SidecarAnswer> {
  const name = basename(asked.path);
  const home = dirname(asked.path);
  const beside = await claimsOf(asked.path);
  const claims = beside.map((found) => claimOf(found, name, 'path'));
  const notes = [...contradiction(name, beside)];
  for (const folder of folders) {
    if (beside.length > 0 || folder === home) continue;
    const named = await claimsOf(join(folder, name));
    notes.push(...contradiction(name, named));
    claims.push(...named.map((found) => claimOf(found, name, 'name')));
  }
  const places = [...folders, ...(folders.includes(home) ? [] : [home])];
  const copies: Claim[] = [];
  for (const folder of places)
    for (const copy of await sameBytes(asked, folder, folders.includes(folder))) copies.push(copy);
  const sameMedium = await ofSameMedium([...claims, ...copies], places);
  return { claims, copies, sameMedium, notes };
}

/** Sidecars of several rows that claim one file: which one is right is for a person to say. */
function contradiction(name: string, claims: readonly FoundSidecar[]): readonly string[] {
  if (new Set(claims.map(({ sidecar }) => sidecar.row.rowId)).size < 2) return [];
  const files = claims.map(({ path, sidecar }) => `${basename(path)} (row ${sidecar.row.rowId})`);
  return [`${name} is claimed by ${files.toSorted().join(' and ')}: correct or remove the one that is wrong`];
}

async function sameBytes(asked: AskedFile, folder: string, deep: boolean): Promise<readonly Claim[]> {
  const { size } = asked;
  if (size === null || isSidecarName(asked.path)) return [];
  const found: Claim[] = [];
  const earlier = new Map<string, FoundSidecar>();
  // The digits of the size stand in every sidecar that lists a file of that size, however its JSON is laid out.
  const scan = { deep, containing: [String(size)], orEarlier: true };
  for await (const { path, sidecar } of scanSidecars(folder, scan)) {
    if (sidecar === null) continue;
    const at = { path: join(folder, path), sidecar };
    if (sidecar.files.length === 0) earlier.set(stemOfSidecar(path), at);
    for (const file of sidecar.files)
      if (file.size === size && file.sha256 === (await asked.sha256()))
        found.push(claimOf(at, file.name, 'content'));
  }
  return earlier.size === 0 ? found : [...found, ...(await sameBytesOfEarlier(asked, folder, deep, earlier))];
}

/** Earlier tools wrote down no hashes: their files of the same size have to be read. */
async function sameBytesOfEarlier(
  asked: AskedFile,
  folder: string,
  deep: boolean,
  earlier: ReadonlyMap<string, FoundSidecar>,
): Promise<readonly Claim[]> {
  const found: Claim[] = [];
  for await (const { path } of walkFolder(folder, deep)) {
    const file = join(folder, path);
    const owner = isSidecarName(path) || file === asked.path ? undefined : ownerByStem(path, earlier);
    if (owner === undefined) continue;
    const there = await stat(file).catch(() => null);
    if (there === null || !there.isFile() || there.size !== asked.size) continue;
    const { sha256 } = await hashFile(file);
    if (sha256 === (await asked.sha256())) found.push(claimOf(owner, basename(path), 'content'));
  }
  return found;
}

/** What stands under the longest stem that a path begins with, followed by `.` or `_`. */
export function ownerByStem<Owner>(path: string, owners: ReadonlyMap<string, Owner>): Owner | undefined {
  for (let at = path.length - 1; at > 0 && path[at] !== '/'; at--) {
    if (path[at] !== '.' && path[at] !== '_') continue;
    const owner = owners.get(path.slice(0, at));
    if (owner !== undefined) return owner;
  }
  return undefined;
}

async function ofSameMedium(known: readonly Claim[], folders: readonly string[]): Promise<readonly Claim[]> {
  const media = new Map<string, string>();
  for (const { sidecar } of known)
    if (sidecar.mediaId !== null && sidecar.kind !== null)
      media.set(`${sidecar.kind}:${sidecar.mediaId}`, `"${inJson(sidecar.mediaId)}"`);
  if (media.size === 0) return [];
  const found: Claim[] = [];
  for (const folder of folders)
    for await (const { path, sidecar } of scanSidecars(folder, {
      deep: false,
      containing: [...media.values()],
    }))
      if (sidecar !== null && media.has(`${sidecar.kind}:${sidecar.mediaId}`))
        for (const { name } of sidecar.files)
          found.push(claimOf({ path: join(folder, path), sidecar }, name, 'medium'));
  return found;
}

function claimOf({ path, sidecar }: FoundSidecar, name: string, by: Claim['by']): Claim {
  // A name may be stored in another Unicode form than it was asked for in.
  const listed = sidecar.files.find((file) => namesFile({ files: [file] }, name));
  return { sidecar, file: join(dirname(path), listed?.name ?? name), by };
}

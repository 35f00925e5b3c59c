import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import {
  claimsOf,
  NameQuery,
  readSidecar,
  type FoundSidecar,
  hashFile,
  inJson,
  isSidecarName,
  namesFile,
  placeIn,
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
  /** By the name of the file. */
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
  const home = dirname(asked.path);
  const places = folders.includes(home) ? folders : [home, ...folders];
  const seen: Seen[] = [];
  for (const folder of places) seen.push(await lookInto(asked, folder, folders.includes(folder)));
  const name = basename(asked.path);
  const claims = seen.flatMap(({ named }) =>
    named.map((found) => claimOf(found, name, dirname(found.path) === home ? 'path' : 'name')),
  );
  const copies: Claim[] = [];
  for (const each of seen) {
    copies.push(...each.copies);
    if (each.earlier.size > 0) copies.push(...(await sameBytesOfEarlier(asked, each)));
  }
  const sameMedium = seen.flatMap((each) => ofSameMedium([...claims, ...copies], each));
  const notes = byFolder(seen.flatMap(({ named }) => named)).flatMap((named) => contradiction(name, named));
  return { claims, copies, sameMedium: (await Promise.all(sameMedium)).flat(), notes };
}

/** What one pass over a folder's sidecars has found. */
interface Seen {
  readonly folder: string;
  readonly deep: boolean;
  /** Those that claim the file by its name. */
  readonly named: readonly FoundSidecar[];
  /** Those that list the same bytes. */
  readonly copies: readonly Claim[];
  /** Those of earlier tools, by the stem of their files. */
  readonly earlier: ReadonlyMap<string, FoundSidecar>;
  /** All sidecars' paths by the media id that they tell of, as it stands there. */
  readonly byMedium: ReadonlyMap<string, readonly string[]>;
}

const MEDIA_ID_KEY = Buffer.from('"media_id"');
const QUOTE = 0x22;

/** One pass for all questions: reading a hundred thousand sidecars is what takes the time. */
async function lookInto(asked: AskedFile, folder: string, deep: boolean): Promise<Seen> {
  const { size } = asked;
  const isSidecar = isSidecarName(asked.path);
  const named = await claimsByName(asked.path, folder);
  const copies: Claim[] = [];
  const earlier = new Map<string, FoundSidecar>();
  const byMedium = new Map<string, string[]>();
  const onBytes = (path: string, bytes: Buffer) => {
    const id = mediaIdIn(bytes);
    if (id === null) return;
    const known = byMedium.get(id);
    if (known === undefined) byMedium.set(id, [path]);
    else known.push(path);
  };
  // The digits of the size stand in every sidecar that lists a file of that size, however its JSON is laid out.
  const containing = size === null || isSidecar ? [] : [String(size)];
  const more: FoundSidecar[] = [];
  const wanted = new NameQuery(basename(asked.path));
  const scan = {
    deep,
    containing: [...containing, ...wanted.needles],
    orNamed: (path: string) => wanted.isStem(path),
    orEarlier: true,
    onBytes,
  };
  for await (const { path, sidecar, problem } of scanSidecars(folder, scan)) {
    // What a newer rowtrail wrote of this very file must not be passed over as if nobody knew it.
    if (problem === 'newer' && !path.includes('/') && wanted.isStem(path))
      await readSidecar(placeIn(folder, path));
    if (sidecar === null) continue;
    const found = { path: placeIn(folder, path), sidecar };
    if (sidecar.files.length === 0) earlier.set(stemOfSidecar(path), found);
    // Sidecars of earlier tools name no files: in folders of the folder their stems prove nothing of a file that is asked for by its name.
    if (!path.includes('/') || sidecar.files.length > 0) more.push(found);
    if (size === null || isSidecar) continue;
    for (const file of sidecar.files)
      if (file.size === size && file.sha256 === (await asked.sha256()))
        copies.push(claimOf(found, file.name, 'content'));
  }
  return {
    folder,
    deep,
    named: named ?? byFolder(more).flatMap((own) => wanted.claimsAmong(own)),
    copies,
    earlier,
    byMedium,
  };
}

/** Files of one name in two folders are two files. */
function byFolder(found: readonly FoundSidecar[]): readonly (readonly FoundSidecar[])[] {
  return [...Map.groupBy(found, ({ path }) => dirname(path)).values()];
}

/** A sidecar's own path is answered by itself; null for any other file. */
async function claimsByName(path: string, folder: string): Promise<readonly FoundSidecar[] | null> {
  return isSidecarName(path) ? claimsOf(placeIn(folder, basename(path))) : null;
}

/** The value of `media_id` as it stands between its quotes; null where there is none. */
function mediaIdIn(bytes: Buffer): string | null {
  const key = bytes.indexOf(MEDIA_ID_KEY);
  if (key < 0) return null;
  const from = bytes.indexOf(QUOTE, key + MEDIA_ID_KEY.length);
  const to = bytes.indexOf(QUOTE, from + 1);
  return from < 0 || to < 0 ? null : bytes.toString('latin1', from + 1, to);
}

/** Sidecars of several rows that claim one file: which one is right is for a person to say. */
function contradiction(name: string, claims: readonly FoundSidecar[]): readonly string[] {
  if (new Set(claims.map(({ sidecar }) => sidecar.row.rowId)).size < 2) return [];
  const files = claims.map(({ path, sidecar }) => `${basename(path)} (row ${sidecar.row.rowId})`);
  return [`${name} is claimed by ${files.toSorted().join(' and ')}: correct or remove the one that is wrong`];
}

/** Earlier tools wrote down no hashes: their files of the same size have to be read. */
async function sameBytesOfEarlier(
  asked: AskedFile,
  { folder, deep, earlier }: Seen,
): Promise<readonly Claim[]> {
  if (asked.size === null || isSidecarName(asked.path)) return [];
  const found: Claim[] = [];
  for await (const { path } of walkFolder(folder, deep)) {
    const file = placeIn(folder, path);
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

async function ofSameMedium(known: readonly Claim[], { folder, byMedium }: Seen): Promise<readonly Claim[]> {
  const media = new Set<string>();
  const paths = new Set<string>();
  for (const { sidecar } of known) {
    if (sidecar.mediaId === null || sidecar.kind === null) continue;
    media.add(`${sidecar.kind}:${sidecar.mediaId}`);
    for (const path of byMedium.get(inJson(sidecar.mediaId)) ?? []) paths.add(path);
  }
  const found: Claim[] = [];
  for (const path of paths) {
    const sidecar = await readSidecar(placeIn(folder, path)).catch(() => null);
    if (sidecar !== null && media.has(`${sidecar.kind}:${sidecar.mediaId}`))
      for (const { name } of sidecar.files)
        found.push(claimOf({ path: placeIn(folder, path), sidecar }, name, 'medium'));
  }
  return found;
}

function claimOf({ path, sidecar }: FoundSidecar, name: string, by: Claim['by']): Claim {
  // A name may be stored in another Unicode form than it was asked for in.
  const listed = sidecar.files.find((file) => namesFile({ files: [file] }, name));
  return { sidecar, file: placeIn(dirname(path), listed?.name ?? name), by };
}

import type { Dirent } from 'node:fs';
import { opendir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errnoOf, fileError, RowtrailError } from '../errors/index.ts';
import type { ItemKind } from '../row/index.ts';
import { parseSidecar, type Sidecar } from './sidecar-format.ts';

const ENDING = '_metadata.json';

/** A larger file of that name is none of ours. */
const MAX_SIDECAR_BYTES = 4 << 20;

export interface FoundSidecar {
  readonly path: string;
  readonly sidecar: Sidecar;
}

/**
 * The name of an item's sidecar: `<stem>_metadata.json`. A transcript shares its stem with its video and is an item of
 * its own, so its sidecar is `<stem>.transcript_metadata.json`.
 */
export function sidecarName(stem: string, kind: ItemKind): string {
  return `${stem}${kind === 'transcript' ? '.transcript' : ''}${ENDING}`;
}

export function isSidecarName(name: string): boolean {
  return name.endsWith(ENDING);
}

/**
 * The sidecar at a path, of any version up to this one and of earlier tools; null where there is none.
 * @throws RowtrailError (sidecar_newer, access_denied)
 */
export async function readSidecar(path: string): Promise<Sidecar | null> {
  let json: string;
  try {
    if ((await stat(path)).size > MAX_SIDECAR_BYTES) return null;
    json = await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'EISDIR', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return null;
    throw fileError(error, 'The metadata file cannot be read', { file: path });
  }
  return parseSidecar(json, path);
}

/**
 * Every readable sidecar of a download folder, in no order and without loading them together; a folder that does not
 * exist has none, and those that a newer rowtrail wrote are passed over.
 */
export async function* iterateSidecars(downloadsDir: string): AsyncGenerator<FoundSidecar> {
  for await (const entry of entriesOf(downloadsDir)) {
    if (!isSidecarName(entry.name)) continue;
    const path = join(downloadsDir, entry.name);
    const sidecar = await readSidecar(path).catch((error: unknown) => {
      if (error instanceof RowtrailError) return null;
      throw error;
    });
    if (sidecar !== null) yield { path, sidecar };
  }
}

/**
 * The sidecar that a file in a download folder belongs to, or null. The exact name in a sidecar's list of files
 * decides; for earlier tools, whose sidecars list none, the longest stem that the file's name begins with.
 * A sidecar's own path finds itself. The file itself need not exist.
 * @throws RowtrailError (sidecar_newer, access_denied)
 */
export async function findSidecarOf(filePath: string): Promise<FoundSidecar | null> {
  const folder = dirname(filePath);
  const name = basename(filePath);
  const likely = isSidecarName(name) ? [name] : likelySidecarNames(name);
  const byStem: FoundSidecar[] = [];
  for (const candidate of likely) {
    const found = await readAt(join(folder, candidate));
    if (found === null) continue;
    if (isSidecarName(name) || names(found.sidecar, name)) return found;
    byStem.push(found);
  }
  for await (const found of iterateSidecars(folder)) {
    if (names(found.sidecar, name)) return found;
    if (isStemOf(found, name)) byStem.push(found);
  }
  return longest(byStem.filter(({ sidecar }) => sidecar.files.length === 0));
}

/** Sidecars that a file of this name would usually have: `a.en.vtt` is named by that of `a.en` or of `a`. */
function likelySidecarNames(name: string): readonly string[] {
  const parts = name.split('.');
  return parts
    .slice(1)
    .map((_, cut) => parts.slice(0, parts.length - 1 - cut).join('.'))
    .filter((stem) => stem !== '')
    .flatMap((stem) => [sidecarName(stem, 'video'), sidecarName(stem, 'transcript')]);
}

function names(sidecar: Sidecar, name: string): boolean {
  const wanted = name.normalize('NFC');
  return sidecar.files.some((file) => file.name === name || file.name.normalize('NFC') === wanted);
}

function isStemOf({ path }: FoundSidecar, name: string): boolean {
  const stem = basename(path).slice(0, -ENDING.length);
  return stem !== '' && name.startsWith(stem) && ['.', '_'].includes(name.charAt(stem.length));
}

function longest(found: readonly FoundSidecar[]): FoundSidecar | null {
  return found.toSorted((a, b) => b.path.length - a.path.length)[0] ?? null;
}

async function readAt(path: string): Promise<FoundSidecar | null> {
  const sidecar = await readSidecar(path);
  return sidecar === null ? null : { path, sidecar };
}

async function* entriesOf(folder: string): AsyncGenerator<Dirent> {
  try {
    yield* await opendir(folder, { bufferSize: 256 });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return;
    throw fileError(error, 'The download folder cannot be read', { file: folder });
  }
}

import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { errnoOf, fileError } from '../errors/index.ts';
import { parseSidecar } from './parse-sidecar.ts';
import type { Sidecar } from './sidecar-format.ts';
import { MAX_SIDECAR_BYTES, sidecarName, stemOfSidecar } from './sidecar-name.ts';

export interface FoundSidecar {
  readonly path: string;
  readonly sidecar: Sidecar;
}

/**
 * The sidecar at a path, of any version up to this one and of earlier tools; null where there is none.
 * @throws RowtrailError (sidecar_newer, access_denied)
 */
export async function readSidecarFile(path: string): Promise<Sidecar | null> {
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

/** Which sidecars of a folder claim a file by its name. */
export class NameQuery {
  readonly #name: string;
  /** What stands in those that list it, in one Unicode form or another. */
  readonly needles: readonly string[];

  constructor(name: string) {
    this.#name = name;
    this.needles = [...new Set([name, name.normalize('NFC'), name.normalize('NFD')])].map(inJson);
  }

  /** Whether a sidecar has a stem that the name begins with. */
  isStem(sidecarPath: string): boolean {
    return isStemOf(sidecarPath, this.#name);
  }

  /** Those that list the name, else, of earlier tools, that with the longest stem. */
  claimsAmong(found: readonly FoundSidecar[]): readonly FoundSidecar[] {
    const listed = found.filter(({ sidecar }) => namesFile(sidecar, this.#name));
    if (listed.length > 0) return listed;
    const byStem = found.filter(({ path, sidecar }) => sidecar.files.length === 0 && this.isStem(path));
    return byStem.toSorted((a, b) => b.path.length - a.path.length).slice(0, 1);
  }
}

/** A text as it stands inside a JSON text. */
export function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Whether a sidecar lists a file of this name, in whatever Unicode form. */
export function namesFile(sidecar: Pick<Sidecar, 'files'>, name: string): boolean {
  const wanted = name.normalize('NFC');
  return sidecar.files.some((file) => file.name === name || file.name.normalize('NFC') === wanted);
}

/** Sidecars that a file of this name would usually have: `a.en.vtt` is named by that of `a.en` or of `a`. */
export function likelySidecarNames(name: string): readonly string[] {
  const parts = name.split('.');
  return parts
    .slice(1)
    .map((_, cut) => parts.slice(0, parts.length - 1 - cut).join('.'))
    .filter((stem) => stem !== '')
    .flatMap((stem) => [sidecarName(stem, 'video'), sidecarName(stem, 'transcript')]);
}

function isStemOf(sidecarPath: string, name: string): boolean {
  const stem = stemOfSidecar(basename(sidecarPath));
  return stem !== '' && name.startsWith(stem) && ['.', '_'].includes(name.charAt(stem.length));
}

import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { hashFile } from '../../files/index.ts';
import type { ItemKind } from '../../row/index.ts';

const ENDING = '.proven.json';

const note = z.object({
  file: z.string().refine((name) => name === basename(name) && !name.startsWith('.')),
  extension: z.string(),
  sha256: z.string(),
  title: z.string().nullable(),
  channel: z.string().nullable(),
});

/** A proven file in staging that only has to be stored. */
export interface ProvenFile {
  readonly path: string;
  readonly extension: string;
  readonly title: string | null;
  readonly channel: string | null;
}

/**
 * Notes that a file in an item's folder is proven, before it is stored where that may take long or fail: the next attempt stores it, and
 * does not fetch it again. @returns its SHA-256, hex
 */
export async function noteProven(
  folder: string,
  kind: ItemKind,
  { path, extension, title, channel }: ProvenFile,
): Promise<string> {
  const { sha256 } = await hashFile(path);
  const text = JSON.stringify({ file: basename(path), extension, sha256, title, channel });
  await writeFile(join(folder, kind + ENDING), text);
  return sha256;
}

/** What an earlier attempt proved and could not store; null where there is none, or where it is not what it was. */
export async function provenIn(folder: string, kind: ItemKind): Promise<ProvenFile | null> {
  const known = await read(join(folder, kind + ENDING));
  if (known === null) return null;
  const { file, extension, sha256, title, channel } = known;
  const path = join(folder, file);
  const found = await hashFile(path).catch(() => null);
  return found?.sha256 === sha256 ? { path, extension, title, channel } : null;
}

/** It is stored. */
export async function forgetProven(folder: string, kind: ItemKind): Promise<void> {
  await rm(join(folder, kind + ENDING), { force: true });
}

/** The notes in a folder and the files that they tell of: these stay for the next attempt. */
export async function provenNames(folder: string): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  for (const name of await readdir(folder).catch(() => [])) {
    const known = name.endsWith(ENDING) ? await read(join(folder, name)) : null;
    if (known !== null) kept.add(name).add(known.file);
  }
  return kept;
}

async function read(path: string): Promise<z.output<typeof note> | null> {
  try {
    return note.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    // A note that is cut off, or none, tells nothing.
    return null;
  }
}

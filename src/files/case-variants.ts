import { opendir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errnoOf } from '../errors/index.ts';
import { fingerprintOf } from './fingerprint.ts';
import { foldName } from './fold-name.ts';
import { isSidecarName } from './sidecar-name.ts';

/**
 * Which sidecar names a folder may hold, whatever their case: `Ab_row1` and `ab_row1` are two files here and one after
 * a copy to macOS or Windows. Numbers instead of names, because a folder may hold a million; a number that is there
 * is looked up in the folder itself.
 */
const folded = new Map<string, Promise<Set<number>>>();

/**
 * Whether the folder may hold a sidecar of this name, as far as this process knows without asking the disk. False is no
 * proof: another process may have made one since.
 */
export async function mayHold(folder: string, sidecarName: string): Promise<boolean> {
  return (await foldedNames(folder)).has(numberOf(sidecarName));
}

/** Whether the folder holds another sidecar whose name differs in case or Unicode form only. */
export async function hasCaseVariant(folder: string, sidecarName: string): Promise<boolean> {
  const known = await foldedNames(folder);
  if (!known.has(numberOf(sidecarName))) return false;
  for await (const name of namesIn(folder)) {
    if (name !== sidecarName && foldName(name) === foldName(sidecarName)) return true;
  }
  return false;
}

/** To be told of every sidecar name that is given to a file of this process. */
export async function rememberName(folder: string, sidecarName: string): Promise<void> {
  (await foldedNames(folder)).add(numberOf(sidecarName));
}

function foldedNames(folder: string): Promise<Set<number>> {
  const key = resolve(folder);
  const known = folded.get(key) ?? readFolded(key);
  folded.set(key, known);
  return known;
}

async function readFolded(folder: string): Promise<Set<number>> {
  const numbers = new Set<number>();
  for await (const name of namesIn(folder)) {
    if (isSidecarName(name)) numbers.add(numberOf(name));
  }
  return numbers;
}

function numberOf(name: string): number {
  return fingerprintOf(foldName(name));
}

async function* namesIn(folder: string): AsyncGenerator<string> {
  try {
    for await (const entry of await opendir(folder, { bufferSize: 1024 })) yield entry.name;
  } catch (error) {
    // Where no folder is, writing into it says more.
    if (!['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) throw error;
  }
}

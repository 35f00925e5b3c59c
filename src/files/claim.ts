import { closeSync, linkSync, lstatSync, openSync, renameSync, unlinkSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { errnoOf } from '../errors/index.ts';
import { hasCaseVariant, rememberName } from './case-variants.ts';

/** What file systems without hard links answer. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV'];

/** Claims in one folder wait for each other, so that two names which differ in case only are never given together. */
const turns = new Map<string, Promise<unknown>>();

/**
 * Gives a written sidecar its final name unless something of that name, whatever its case, or one of the media names
 * stands there already. Between processes the file system decides.
 * @returns false when the name is taken
 */
export function claimName(
  written: string,
  sidecarPath: string,
  mediaNames: readonly string[],
): Promise<boolean> {
  const folder = dirname(sidecarPath);
  return inTurn(resolve(folder), async () => {
    const name = basename(sidecarPath);
    if (await hasCaseVariant(folder, name)) return false;
    for (const media of mediaNames) {
      if (exists(join(folder, media))) return false;
    }
    const isMoved = moveIfFree(written, sidecarPath);
    // Another process may have it: from now on it is looked at.
    await rememberName(folder, name);
    return isMoved;
  });
}

/** Renames a file unless something of that name exists; false if it does, and then nothing was changed. */
export function moveIfFree(from: string, to: string): boolean {
  try {
    linkSync(from, to);
  } catch (error) {
    const errno = errnoOf(error) ?? '';
    if (errno === 'EEXIST') return false;
    if (!NO_LINKS.includes(errno)) throw error;
    return moveWithoutLinks(from, to);
  }
  unlinkSync(from);
  return true;
}

/** An empty file of that name is made first, which only one process can. */
function moveWithoutLinks(from: string, to: string): boolean {
  try {
    closeSync(openSync(to, 'wx'));
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    renameSync(from, to);
  } catch (error) {
    // From another file system there is no renaming: the name is free again.
    unlinkSync(to);
    throw error;
  }
  return true;
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

async function inTurn<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const before = turns.get(folder) ?? Promise.resolve();
  const mine = before.then(work, work);
  turns.set(folder, mine);
  try {
    return await mine;
  } finally {
    if (turns.get(folder) === mine) turns.delete(folder);
  }
}

import { createHash, randomUUID } from 'node:crypto';
import { lstat, mkdir, open, readdir, rename, rm, rmdir, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { tryLock } from 'fs-native-extensions';
import { errnoOf, fileError } from '../errors/index.ts';
import type { DownloadKey } from '../row/index.ts';
import { removeFile } from './remove-file.ts';

/** The dot-folder inside a download folder that holds what is not finished. */
export const STAGING_FOLDER = '.rowtrail-staging';

const LOCK_FILE = '.lock';

/** The folder in it that is shared by the small files of all rows. */
export const LANE = 'small';
/** The folder in it with notes of uploads that are under way; never cleared before these were given up. */
export const UPLOADS = 'uploads';
/** Folders that this module makes: of an attempt or the lane, with a number, on their way out. */
const OWN_NAME = new RegExp(String.raw`^(?:[0-9a-f]{24}|${LANE})(?:\.|$)`);

/** What an attempt is at: a row's download under one link. */
export interface AttemptKey extends DownloadKey {
  readonly link: string;
}

/**
 * A folder of one attempt's own, under a kernel lock until it is discarded or closed, or the process ends. One of the
 * two is due in the end (`await using` closes): while it is open, the next attempt cannot continue from it.
 */
export interface Attempt extends AsyncDisposable {
  readonly dir: string;
  /** Removes the folder with all it holds, and the staging folder when it is the last. */
  discard(): Promise<void>;
  /** Lets go of the folder and leaves what is in it for the next attempt. */
  close(): Promise<void>;
}

/**
 * The staging folder of a row's download under one link. Its name follows from them, so that an attempt finds what an
 * earlier one left when it was cut off or killed. While another process (or another call) works in it, a second
 * folder is used.
 * @throws RowtrailError (disk_full, access_denied, write_failed)
 */
export function openAttempt(outputDir: string, key: AttemptKey): Promise<Attempt> {
  return openStaging(outputDir, attemptName(key));
}

/** A staging folder of this name, or of its name with a number while another process (or another call) works in it. */
export async function openStaging(outputDir: string, name: string): Promise<Attempt> {
  try {
    for (let n = 1; ; n += 1) {
      const dir = join(outputDir, STAGING_FOLDER, n === 1 ? name : `${name}.${n}`);
      const lock = await lockFolder(dir);
      if (lock !== null) return attemptIn(outputDir, dir, lock);
    }
  } catch (error) {
    throw fileError(error, 'The staging folder could not be made', { file: join(outputDir, STAGING_FOLDER) });
  }
}

/** An attempt whose folder is there only when it is needed: most downloads are over before there is anything to keep. */
export interface LazyAttempt {
  /** The folder, if an earlier attempt left one. */
  find(): Promise<string | null>;
  /** The folder, made if need be. */
  dir(): Promise<string>;
  /** Leaves the folder for the next attempt where something in it can be continued; else it goes. */
  leave(isKept: (name: string) => boolean): Promise<void>;
}

/** As `openAttempt`, but the folder is looked for or made by those who need it. Its calls reject as that does. */
export function lazyAttempt(outputDir: string, key: AttemptKey): LazyAttempt {
  let opened: Promise<Attempt> | null = null;
  const dir = async () => {
    opened ??= openAttempt(outputDir, key);
    return (await opened).dir;
  };
  return {
    dir,
    find: async () => (opened !== null || (await isLeft(outputDir, key)) ? dir() : null),
    leave: async (isKept) => {
      // What kept it from being opened was told to whoever asked for it.
      const attempt = await opened?.catch(() => null);
      if (!attempt) return;
      const names = await readdir(attempt.dir).catch(() => []);
      await (names.some(isKept) ? attempt.close() : attempt.discard());
    },
  };
}

/** For so long (ms) the names in a staging folder are taken for known: thousands of small downloads need not list it each. */
const NAMES_KNOWN_MS = 500;

const listings = new Map<string, { readonly at: number; readonly names: Promise<ReadonlySet<string>> }>();

/** Whether an earlier attempt left this folder. What another process left just now may be missed, and is fetched again. */
async function isLeft(outputDir: string, key: AttemptKey): Promise<boolean> {
  const now = performance.now();
  let listing = listings.get(outputDir);
  if (listing === undefined || now - listing.at > NAMES_KNOWN_MS) {
    const names = namesIn(join(outputDir, STAGING_FOLDER)).then((found) => new Set(found));
    names.catch(() => listings.delete(outputDir));
    listing = { at: now, names };
    listings.set(outputDir, listing);
  }
  const names = await listing.names;
  // Its name costs more than the look.
  return names.size > 0 && names.has(attemptName(key));
}

/**
 * Removes every staging folder that belongs to none of the given downloads and in which nobody works. What somebody else put there stays, and
 * so does all where a link leads that stands in its place.
 * @throws RowtrailError (access_denied, write_failed)
 */
export async function clearStaging(outputDir: string, keep: Iterable<AttemptKey>): Promise<void> {
  const staging = join(outputDir, STAGING_FOLDER);
  const kept = new Set(Array.from(keep, attemptName));
  try {
    if ((await lstat(staging).catch(() => null))?.isDirectory() !== true) return;
    for (const name of await namesIn(staging)) {
      if (!OWN_NAME.test(name) || kept.has(name.split('.')[0] ?? '')) continue;
      await discardStaging(outputDir, join(staging, name));
    }
    await removeIfEmpty(staging);
  } catch (error) {
    throw fileError(error, 'The staging folder could not be cleared', { file: staging });
  }
}

/** Removes an attempt's folder with all it holds. @returns false where somebody works in it: then it stays */
export async function discardStaging(outputDir: string, dir: string): Promise<boolean> {
  const lock = await lockFolder(dir);
  if (lock === null) return false;
  await attemptIn(outputDir, dir, lock).discard();
  return true;
}

/** Folders with notes of uploads whose processes have died; each is ours until it is discarded or closed. */
export async function leftUploads(outputDir: string): Promise<readonly Attempt[]> {
  const staging = join(outputDir, STAGING_FOLDER);
  const left: Attempt[] = [];
  for (const name of await namesIn(staging)) {
    if (name.split('.')[0] !== UPLOADS || name.includes('.gone-')) continue;
    const dir = join(staging, name);
    const lock = await lockFolder(dir);
    if (lock !== null) left.push(attemptIn(outputDir, dir, lock));
  }
  return left;
}

/** Whether somebody works in an attempt's folder; nothing is made or changed. */
export async function isStagingInUse(dir: string): Promise<boolean> {
  let lock: FileHandle;
  try {
    lock = await open(join(dir, LOCK_FILE), 'r+');
  } catch (error) {
    if (isGone(error)) return false;
    throw fileError(error, 'The staging folder could not be looked at', { file: dir });
  }
  try {
    return !tryLock(lock.fd);
  } finally {
    await lock.close();
  }
}

export function attemptName({ rowId, downloadType, link }: AttemptKey): string {
  return createHash('sha256')
    .update(JSON.stringify([rowId, downloadType, link]))
    .digest('hex')
    .slice(0, 24);
}

function attemptIn(outputDir: string, dir: string, lock: FileHandle): Attempt {
  // The next attempt of this process finds it.
  listings.delete(outputDir);
  let held = true;
  const close = async () => {
    if (held) {
      held = false;
      await lock.close();
    }
  };
  return {
    dir,
    close,
    [Symbol.asyncDispose]: close,
    async discard() {
      if (!held) return;
      await takeAway(dir);
      await close();
      await removeIfEmpty(join(outputDir, STAGING_FOLDER));
    },
  };
}

/** The lock on a folder, which is made where it is missing; null while another holds it. */
async function lockFolder(dir: string): Promise<FileHandle | null> {
  for (;;) {
    const lock = await openLock(dir);
    if (lock === null) continue;
    let mine = false;
    try {
      if (!tryLock(lock.fd)) return null;
      mine = await isStillAt(lock, join(dir, LOCK_FILE));
      if (mine) return lock;
    } finally {
      if (!mine) await lock.close();
    }
  }
}

/** Null when the folder was removed between its making and its opening: another attempt was discarded meanwhile. */
async function openLock(dir: string): Promise<FileHandle | null> {
  try {
    await mkdir(dir, { recursive: true });
    return await open(join(dir, LOCK_FILE), 'a');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    return null;
  }
}

/** A lock taken on a file that a discard has removed in between holds nothing. */
async function isStillAt(lock: FileHandle, path: string): Promise<boolean> {
  const held = await lock.stat();
  const there = await stat(path).catch(() => null);
  return there !== null && there.ino === held.ino && there.dev === held.dev;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/**
 * Takes a folder away in one step before it is emptied: as soon as its lock file is gone, somebody else may begin to work in
 * a folder of this name.
 */
async function takeAway(dir: string): Promise<void> {
  const gone = `${dir}.gone-${randomUUID()}`;
  try {
    await rename(dir, gone);
  } catch (error) {
    if (isGone(error)) return;
    throw error;
  }
  // Mostly its lock is all that is left in it.
  await removeFile(join(gone, LOCK_FILE)).catch(() => {});
  if (!(await removeIfEmpty(gone))) await rm(gone, { recursive: true, force: true });
}

/** @returns whether it is gone */
async function removeIfEmpty(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch (error) {
    if (isGone(error)) return true;
    if (!['ENOTEMPTY', 'EEXIST', 'EBUSY'].includes(errnoOf(error) ?? '')) throw error;
    return false;
  }
}

/** There is no such file, also because no such folder is there any more. */
function isGone(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '');
}

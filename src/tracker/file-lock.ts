import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from 'fs-native-extensions';
import { errnoOf, fileError } from '../errors/index.ts';

/** Milliseconds between two tries for a lock that somebody else holds. */
const POLL_MS = 5;
/** Milliseconds after which somebody who waits for a lock says so. */
const LONG_MS = 2000;

/** A lock that is held until it is released, or until the kernel takes it from a process that died. */
export interface HeldLock extends AsyncDisposable {
  release(): Promise<void>;
}

/**
 * Takes an exclusive kernel lock (an open file description lock) on a file of its own; null when somebody else holds it,
 * in this process or another. A paused holder keeps it, a dead one loses it: there is no time-out to get wrong.
 * @param note written into the file for people who look at it (who holds it).
 */
export async function tryFileLock(path: string, note = ''): Promise<HeldLock | null> {
  let handle: FileHandle;
  try {
    handle = await openMaking(path);
  } catch (error) {
    throw fileError(error, 'cannot make the lock file', { file: path });
  }
  if (!tryLock(handle.fd)) {
    await handle.close();
    return null;
  }
  if (note !== '') {
    await handle.truncate(0);
    await handle.write(note);
  }
  const release = () => handle.close();
  return { release, [Symbol.asyncDispose]: release };
}

/** Whether somebody holds the lock on a file; nothing is made where there is none. */
export async function isLockHeld(path: string): Promise<boolean> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r+');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw fileError(error, 'cannot look at the lock file', { file: path });
  }
  try {
    return !tryLock(handle.fd);
  } finally {
    await handle.close();
  }
}

/** Opens a file, and makes it and its folder where they are missing; who waits for a lock asks often. */
async function openMaking(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'a+');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  await mkdir(dirname(path), { recursive: true });
  return open(path, 'a+');
}

/**
 * Waits for the lock without holding a thread.
 * @param onLongWait told once when it takes more than two seconds: its holder may have been stopped
 */
export async function fileLock(path: string, onLongWait?: () => void): Promise<HeldLock> {
  const began = performance.now();
  let told = false;
  for (;;) {
    const lock = await tryFileLock(path);
    if (lock) return lock;
    await sleep(POLL_MS);
    if (told || performance.now() - began < LONG_MS) continue;
    told = true;
    onLongWait?.();
  }
}

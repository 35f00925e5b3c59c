import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from 'fs-native-extensions';
import { fileError } from '../errors/index.ts';

/** Milliseconds between two tries for a lock that somebody else holds. */
const POLL_MS = 5;

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
    await mkdir(dirname(path), { recursive: true });
    handle = await open(path, 'a+');
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

/** Waits for the lock without holding a thread. */
export async function fileLock(path: string, signal?: AbortSignal): Promise<HeldLock> {
  for (;;) {
    const lock = await tryFileLock(path);
    if (lock) return lock;
    await sleep(POLL_MS, undefined, signal ? { signal } : {});
  }
}

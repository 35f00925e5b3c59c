import { type FileHandle, open, readdir, readFile, stat } from 'node:fs/promises';
import { tryLock } from 'fs-native-extensions';
import type { Clock } from './clock.ts';
import { countDescendants, readProcessTree } from './process-tree.ts';

/** A command that only looks after what a dead run left has the lock for some milliseconds: that is no run. */
const TRIES = 3;
const BETWEEN_TRIES_MS = 40;

/**
 * The run that holds a CSV's run lock, and the processes that it started; 0 when nobody holds it. The lock file names the
 * process; where that one does not hold the lock (it is on another machine, or in another container), the run counts as one.
 * Makes nothing.
 * @param lockFile `run.lock`
 */
export async function countRunProcesses(lockFile: string, clock: Clock): Promise<number> {
  for (let tries = 1; await isHeld(lockFile); tries++) {
    const pid = await namedProcess(lockFile);
    if (pid !== null && (await holds(pid, lockFile)))
      return 1 + countDescendants(await readProcessTree(), pid);
    if (tries === TRIES) return 1;
    await clock.sleep(BETWEEN_TRIES_MS);
  }
  return 0;
}

/** Whether a run holds a CSV's run lock. Makes nothing. @param lockFile `run.lock` */
export async function isRunGoingOn(lockFile: string, clock: Clock): Promise<boolean> {
  for (let tries = 1; await isHeld(lockFile); tries++) {
    if (tries === TRIES) return true;
    const pid = await namedProcess(lockFile);
    if (pid !== null && (await holds(pid, lockFile))) return true;
    await clock.sleep(BETWEEN_TRIES_MS);
  }
  return false;
}

/** A shared lock is refused while somebody has the exclusive one; it is given back at once. */
async function isHeld(lockFile: string): Promise<boolean> {
  let handle: FileHandle;
  try {
    handle = await open(lockFile, 'r');
  } catch {
    return false;
  }
  try {
    return !tryLock(handle.fd, { shared: true });
  } finally {
    await handle.close();
  }
}

async function namedProcess(lockFile: string): Promise<number | null> {
  const text = await readFile(lockFile, 'utf8').catch(() => '');
  const pid = Number(/^process (\d+)$/m.exec(text)?.[1]);
  return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
}

/** The file may name a dead run whose number another process got: on Linux the process is asked for its lock on this very file. */
async function holds(pid: number, lockFile: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  const { dev, ino } = await stat(lockFile, { bigint: true });
  let descriptors: readonly string[];
  try {
    descriptors = await readdir(`/proc/${pid}/fd`);
  } catch {
    // Another user's process cannot be asked.
    return true;
  }
  const held = await Promise.all(
    descriptors.map(async (fd) => {
      try {
        const file = await stat(`/proc/${pid}/fd/${fd}`, { bigint: true });
        if (file.ino !== ino || file.dev !== dev) return false;
        return /^lock:/m.test(await readFile(`/proc/${pid}/fdinfo/${fd}`, 'utf8'));
      } catch {
        return false;
      }
    }),
  );
  return held.includes(true);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

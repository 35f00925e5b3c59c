import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A lock whose holder gave no sign of life for so long is abandoned, whoever has its pid by now. */
const SIGN_OF_LIFE_MS = 30_000;

/**
 * Does some work while no other process does it. The lock is a file with the holder's pid; one whose holder has died
 * is taken over.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {{ onWait?: (pid: number) => void, pollMs?: number }} [options] `onWait`: told once that another process is at it
 * @returns {Promise<T>} what the work returns
 */
export async function withLock(file, work, { onWait = () => {}, pollMs = 200 } = {}) {
  mkdirSync(dirname(file), { recursive: true });
  await take(file, onWait, pollMs);
  const signOfLife = setInterval(() => {
    utimesSync(file, new Date(), new Date());
  }, SIGN_OF_LIFE_MS / 6);
  signOfLife.unref();
  try {
    return await work();
  } finally {
    clearInterval(signOfLife);
    rmSync(file, { force: true });
  }
}

/** @param {string} file @param {(pid: number) => void} onWait @param {number} pollMs */
async function take(file, onWait, pollMs) {
  // Linked into place with the pid inside: at no moment is there a lock without one.
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    for (let waited = false; !linked(mine, file); waited = true) {
      const holder = holderOf(file);
      if (holder?.dead) takeAway(file, `${mine}.abandoned`);
      else if (holder && !waited) onWait(holder.pid);
      if (!holder?.dead) await sleep(pollMs);
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** @param {string} from @param {string} to */
function linked(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes an abandoned lock. Another process may have taken it over in between: then it is put back.
 * @param {string} file @param {string} aside
 */
function takeAway(file, aside) {
  try {
    renameSync(file, aside);
    if (holderOf(aside)?.dead === false) linked(aside, file);
  } catch {
    // Someone else was faster.
  }
  rmSync(aside, { force: true });
}

/** @param {string} file @returns {{ pid: number, dead: boolean } | null} null when there is no lock */
function holderOf(file) {
  try {
    const silentMs = Date.now() - statSync(file).mtimeMs;
    const pid = Number(readFileSync(file, 'utf8'));
    return { pid, dead: silentMs > SIGN_OF_LIFE_MS || !isAlive(pid) };
  } catch {
    return null;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

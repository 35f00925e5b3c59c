import { setTimeout as sleep } from 'node:timers/promises';
import type { HeldLock } from './file-lock.ts';

/** Milliseconds between two tries for a lock that a process of another machine holds. */
const POLL_MS = 50;
/** Milliseconds after which somebody who waits for it says so. */
const LONG_MS = 2000;

/** Waits for a lock. @param onLongWait told once when it takes more than two seconds */
export async function untilFree(
  tryLock: () => Promise<HeldLock | null>,
  onLongWait: () => void,
): Promise<HeldLock> {
  const began = performance.now();
  let told = false;
  for (;;) {
    const lock = await tryLock();
    if (lock !== null) return lock;
    await sleep(POLL_MS);
    if (told || performance.now() - began < LONG_MS) continue;
    told = true;
    onLongWait();
  }
}

/** A lock that is held, and another one with it. Where that is not got, or fails, the first is released. */
export async function both<Second extends HeldLock | null>(
  first: HeldLock,
  take: () => Promise<Second>,
): Promise<HeldLock | (Second & null)> {
  let second: Second;
  try {
    second = await take();
  } catch (error) {
    await first.release();
    throw error;
  }
  if (second === null) {
    await first.release();
    return second as Second & null;
  }
  const release = async () => {
    await second.release();
    await first.release();
  };
  return { release, [Symbol.asyncDispose]: release };
}

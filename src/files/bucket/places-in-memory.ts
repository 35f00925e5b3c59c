/** Bytes of a part, and of a file that goes in one piece at most. */
export const PART_BYTES = 8 << 20;
/** Parts that are in memory at once, of all files that this process stores. */
const MOST_PARTS = 4;

let free = MOST_PARTS;
const waiting: (() => void)[] = [];

/** Does some work with a part in memory; waits while so many are as there may be. */
export async function withPlace<T>(work: () => Promise<T>): Promise<T> {
  const giveBack = await takePlace();
  try {
    return await work();
  } finally {
    giveBack();
  }
}

/** A place for a part in memory. @returns gives it back; due once */
export async function takePlace(): Promise<() => void> {
  if (free > 0) free -= 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  return () => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
}

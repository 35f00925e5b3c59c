import { setImmediate } from 'node:timers/promises';

/** Milliseconds of work between two pauses: others are to get their turn within a few. */
const SLICE_MS = 4;

/**
 * For loops of calls that each take microseconds, where a promise for each would cost more than the call.
 * @returns to be awaited in each step; undefined, and so for nothing, until a slice of time is used up
 */
export function givingWay(): () => Promise<void> | undefined {
  let until = performance.now() + SLICE_MS;
  const giveWay = async () => {
    await setImmediate();
    until = performance.now() + SLICE_MS;
  };
  return () => (performance.now() < until ? undefined : giveWay());
}

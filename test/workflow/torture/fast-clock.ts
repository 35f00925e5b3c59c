import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../../src/hosts/index.ts';

/** A clock on which time passes so many times as fast: what waits a minute waits a second at 60. */
export function fastClock(times: number): Clock {
  const start = Date.now();
  return {
    now: () => start + (Date.now() - start) * times,
    sleep: async (milliseconds, signal) => {
      await sleep(milliseconds / times, undefined, signal === undefined ? {} : { signal });
    },
  };
}

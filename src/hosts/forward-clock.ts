import type { Clock } from './clock.ts';

/**
 * A clock for waiting: where the given one is set back, this one goes on from where it was. Else whoever waits until a time
 * would wait longer by as much.
 */
export function forwardClock(clock: Clock): Clock {
  let last = -Infinity;
  let ahead = 0;
  return {
    now: () => {
      const shown = clock.now() + ahead;
      if (shown < last) ahead += last - shown;
      last = Math.max(last, shown);
      return last;
    },
    sleep: (milliseconds, signal) => clock.sleep(milliseconds, signal),
  };
}

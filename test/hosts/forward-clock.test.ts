import { expect, it } from 'vitest';
import { forwardClock } from '../../src/hosts/index.ts';

it('a clock for waiting goes on from where it was when the given one is set back, and follows it forward', () => {
  let now = 1000;
  const clock = forwardClock({ now: () => now, sleep: () => Promise.resolve() });
  const after = (change: number) => {
    now += change;
    return clock.now();
  };
  expect([after(0), after(10), after(-500), after(5), after(-1), after(2000)]).toEqual([
    1000, 1010, 1010, 1015, 1015, 3015,
  ]);
});

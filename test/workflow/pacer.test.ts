import { expect, it } from 'vitest';
import { Pacer } from '../../src/workflow/pacing/pacer.ts';

const HOUR = 3_600_000;

it('a machine that slept during a write-back does not put off the next one for hours', async () => {
  let now = 0;
  const slept: number[] = [];
  const clock = {
    now: () => now,
    sleep: (milliseconds: number) => {
      slept.push(milliseconds);
      return Promise.resolve();
    },
  };
  let written = 0;
  const project = () => {
    written++;
    now += 8 * HOUR;
    return Promise.resolve();
  };
  const pacer = new Pacer(project, clock, (error) => expect.fail(String(error)));
  pacer.poke();
  await expect.poll(() => written).toBe(1);
  await expect
    .poll(() => {
      pacer.poke();
      return written;
    })
    .toBeGreaterThan(1);
  expect(slept[0]).toBe(500);
  expect(Math.max(...slept)).toBeLessThanOrEqual(HOUR / 6);
});

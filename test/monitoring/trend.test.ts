import fc from 'fast-check';
import { expect, it } from 'vitest';
import { trendOf } from '../../src/monitoring/trend.ts';
import { NOW, sample } from './fixtures.ts';

const MINUTE = 60_000;

it('each metric has its first, last, least and greatest value and its change', () => {
  const { metrics, from, to, samples } = trendOf(
    [
      sample(NOW - MINUTE, { completed: 7, avgDownloadTime: 3 }),
      sample(NOW - 3 * MINUTE, { completed: 5, avgDownloadTime: null }),
      sample(NOW - 2 * MINUTE, { completed: 9, avgDownloadTime: 2 }),
    ],
    NOW,
  );
  expect(metrics.completedDownloads).toEqual({ first: 5, last: 7, min: 5, max: 9, change: 2 });
  expect(metrics.avgDownloadTime).toEqual({ first: 2, last: 3, min: 2, max: 3, change: 1 });
  expect([from, to, samples]).toEqual([
    new Date(NOW - 3 * MINUTE).toISOString(),
    new Date(NOW - MINUTE).toISOString(),
    3,
  ]);
});

it('without samples nothing is known', () => {
  const trend = trendOf([], NOW);
  expect(trend).toMatchObject({
    from: null,
    to: null,
    samples: 0,
    throughputPerHour: null,
    etaSeconds: null,
  });
  expect(Object.values(trend.metrics).every((metric) => metric === null)).toBe(true);
});

it('what is pending takes as long as the pace of the last hours says, breaks between runs not counted', () => {
  const samples = [
    sample(NOW - 150 * MINUTE, { pending: 80, completed: 10, failed: 10 }),
    sample(NOW - 149 * MINUTE, { pending: 74, completed: 14, failed: 12 }),
    // Nobody worked for two hours.
    sample(NOW - MINUTE, { pending: 74, completed: 14, failed: 12 }),
    sample(NOW, { pending: 68, completed: 18, failed: 14 }),
  ];
  expect(trendOf(samples, NOW)).toMatchObject({ throughputPerHour: 240, etaSeconds: (68 / 6) * 60 });
});

it('minutes in which nobody worked do not slow the pace, minutes in which a run waited do', () => {
  const at = (minutes: number, activeProcesses: number, completed: number) =>
    sample(NOW - minutes * MINUTE, { activeProcesses, completed, pending: 100 - completed });
  expect(trendOf([at(4, 0, 10), at(3, 0, 10), at(2, 0, 10), at(1, 0, 20)], NOW).throughputPerHour).toBe(600);
  expect(trendOf([at(4, 1, 10), at(3, 1, 10), at(2, 1, 10), at(1, 1, 20)], NOW).throughputPerHour).toBe(200);
});

it('a reset does not make the pace negative, and without progress there is no estimate', () => {
  const samples = [
    sample(NOW - 2 * MINUTE, { pending: 10, completed: 90 }),
    sample(NOW - MINUTE, { pending: 60, completed: 40 }),
  ];
  expect(trendOf(samples, NOW)).toMatchObject({ throughputPerHour: 0, etaSeconds: null });
  expect(trendOf([sample(NOW, { pending: 0 })], NOW).etaSeconds).toBe(0);
});

it('whatever the clock did, the trend is bounded, in order and finite', () => {
  const moments = fc.array(
    fc.record({
      at: fc.integer({ min: NOW - 50 * 3_600_000, max: NOW + 50 * 3_600_000 }),
      pending: fc.nat(1000),
      completed: fc.nat(1000),
    }),
    { maxLength: 300 },
  );
  fc.assert(
    fc.property(moments, (list) => {
      const trend = trendOf(
        list.map(({ at, ...counts }) => sample(at, counts)),
        NOW,
      );
      const times = trend.points.map(({ at }) => Date.parse(at));
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times.every((time) => time <= NOW && time >= NOW - 86_400_000)).toBe(true);
      expect(times.length).toBeLessThanOrEqual(97);
      const figures = [trend.throughputPerHour, trend.etaSeconds].filter((value) => value !== null);
      expect(figures.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
    }),
  );
});

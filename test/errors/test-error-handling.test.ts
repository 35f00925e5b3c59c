import { expect, it } from 'vitest';
import { CAUSES, RowtrailError, testErrorHandling } from '../../src/errors/index.ts';
import { check } from '../../src/errors/self-test/test-error-handling.ts';

it('--test-error-handling passes each cause of the table through classification, retry and delay', () => {
  const checks = testErrorHandling();
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(new Set(checks.map(({ cause }) => cause))).toEqual(new Set(Object.keys(CAUSES)));
  expect(new Set(checks.map(({ made }) => made)).size).toBe(checks.length);
});

it('--test-error-handling notices an error that is taken for another', () => {
  const make = () => new RowtrailError('private', 'mistaken');
  expect(check({ cause: 'timeout', made: 'a private video', make })).toEqual({
    cause: 'timeout',
    made: 'a private video',
    expected: { cause: 'timeout', retried: true, longestDelay: 30 },
    got: { cause: 'private', retried: false, delays: [2, 4, 6, 8, 10, 12, 14, 2000, 3600] },
    ok: false,
  });
});

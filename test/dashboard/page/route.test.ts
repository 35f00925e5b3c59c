import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRoute, routeHash } from '../../../src/dashboard/page/route/route.ts';

describe('the address', () => {
  test('keeps the view, the filter and the open row', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    const routes = fc.record({
      view: fc.constantFrom('overview' as const, 'rows' as const, 'failures' as const),
      query: fc
        .record(
          {
            status: fc.subarray(['none' as const, 'pending' as const, 'failed' as const], { minLength: 1 }),
            cause: fc.array(text, { minLength: 1 }),
            download: fc.constantFrom('youtube' as const, 'drive' as const),
            text,
            sort: fc.constantFrom('name' as const, 'attemptedAt' as const),
            descending: fc.constant(true as const),
          },
          { requiredKeys: [] },
        )
        .map(({ descending, ...rest }) => (rest.sort && descending ? { ...rest, descending } : rest)),
      row: fc.option(text),
    });
    fc.assert(
      fc.property(routes, (route) => {
        expect(parseRoute(routeHash(route))).toEqual(route);
      }),
    );
  });

  test('shows something, whatever it says', () => {
    for (const hash of ['', '#', '#/', '#/nowhere', '#/rows?status=great&sort=up&%E0%A4%A', '#?a=b'])
      expect(parseRoute(hash).query).toEqual({});
    expect(parseRoute('#/nowhere').view).toBe('overview');
    fc.assert(fc.property(fc.string(), (hash) => parseRoute(hash).view.length > 0));
  });
});

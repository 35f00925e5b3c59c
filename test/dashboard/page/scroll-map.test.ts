import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canvasHeight,
  lastTop,
  rowsIn,
  scrollAt,
  scrolled,
  topAt,
  topShowing,
} from '../../../src/dashboard/page/rows/scroll-map.ts';

const extents = fc.record({
  rows: fc.integer({ min: 1, max: 5_000_000 }),
  rowHeight: fc.constantFrom(36, 60),
  viewHeight: fc.integer({ min: 40, max: 3000 }),
});

describe('scrolling through more rows than an element may be high', () => {
  const million = { rows: 1_000_000, rowHeight: 36, viewHeight: 800 };

  test('the element stays lower than any browser allows, and both ends are reached', () => {
    fc.assert(
      fc.property(extents, (extent) => {
        const height = canvasHeight(extent);
        expect(height).toBeLessThanOrEqual(12_000_000);
        expect(topAt(0, extent)).toBe(0);
        expect(topAt(Math.max(0, height - extent.viewHeight), extent)).toBeCloseTo(lastTop(extent), 3);
      }),
    );
  });

  test('a place and its scroll position belong to each other', () => {
    fc.assert(
      fc.property(extents, fc.double({ min: 0, max: 1, noNaN: true }), (extent, share) => {
        const top = share * lastTop(extent);
        expect(topAt(scrollAt(top, extent), extent)).toBeCloseTo(top, 1);
      }),
    );
  });

  test('a small step moves the rows by as much, in the middle of a million, too', () => {
    const place = { scroll: scrollAt(18_000_000, million), top: 18_000_000 };
    expect(scrolled(place, place.scroll + 100, million).top).toBe(18_000_100);
    expect(scrolled(place, place.scroll - 36, million).top).toBe(17_999_964);
  });

  test('a leap goes to the place of the whole', () => {
    const half = canvasHeight(million) / 2;
    expect(scrolled({ scroll: 0, top: 0 }, half, million).top).toBeGreaterThan(17_900_000);
    const end = canvasHeight(million) - million.viewHeight;
    expect(scrolled({ scroll: half, top: 3 }, end, million).top).toBe(lastTop(million));
  });

  test('whatever the steps, the rows in view are rows', () => {
    fc.assert(
      fc.property(extents, fc.array(fc.integer({ min: -20_000, max: 20_000 })), (extent, steps) => {
        let place = { scroll: 0, top: 0 };
        const most = Math.max(0, canvasHeight(extent) - extent.viewHeight);
        for (const step of steps) {
          place = scrolled(place, Math.min(most, Math.max(0, place.scroll + step)), extent);
          const { first, last } = rowsIn(place.top, extent);
          expect(first).toBeGreaterThanOrEqual(0);
          expect(last).toBeLessThan(extent.rows);
          expect(last).toBeGreaterThanOrEqual(first);
          expect(first * extent.rowHeight).toBeLessThanOrEqual(place.top);
        }
      }),
    );
  });

  test('a row that is gone to is whole in view', () => {
    fc.assert(
      fc.property(extents, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (extent, at, share) => {
        fc.pre(extent.viewHeight >= extent.rowHeight);
        const row = at % extent.rows;
        const top = topShowing(row, share * lastTop(extent), extent);
        expect(row * extent.rowHeight).toBeGreaterThanOrEqual(top - 0.001);
        expect((row + 1) * extent.rowHeight).toBeLessThanOrEqual(top + extent.viewHeight + 0.001);
      }),
    );
  });

  test('no row is no row in view', () => {
    expect(rowsIn(0, { rows: 0, rowHeight: 36, viewHeight: 800 })).toEqual({ first: 0, last: -1 });
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RowSet } from '../../src/csv/row-set.ts';

it('gives its rows in file order, each once, in whatever order they came', () => {
  const anyRows = fc
    .integer({ min: 1, max: 200 })
    .chain((count) => fc.tuple(fc.constant(count), fc.array(fc.integer({ min: 0, max: count - 1 }))));
  fc.assert(
    fc.property(anyRows, ([count, rows]) => {
      const set = new RowSet(count);
      for (const row of rows) set.add(row);
      const found: number[] = [];
      for (let row = set.nextFrom(0); row >= 0; row = set.nextFrom(row + 1)) found.push(row);
      expect(found).toEqual([...new Set(rows)].toSorted((one, other) => one - other));
      expect(set.size).toBe(found.length);
    }),
  );
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BLOCK_ROWS } from '../../src/csv/row-blocks.ts';
import { MovedStarts, RowStartList, type RowStarts } from '../../src/csv/row-starts.ts';

function listed(starts: readonly number[]): RowStarts {
  const list = new RowStartList();
  for (const start of starts) list.add(start);
  return list.finish();
}

function all(starts: RowStarts): (number | undefined)[] {
  return Array.from({ length: starts.length }, (_, row) => starts.at(row));
}

/** Rows of so many bytes each, one behind the other. */
function ofLengths(lengths: readonly number[]): number[] {
  const starts: number[] = [];
  let at = 0;
  for (const length of lengths) {
    starts.push(at);
    at += length;
  }
  return starts;
}

const ROWS = 2 * BLOCK_ROWS + 100;
/** So long that four bytes do not do for an offset, nor for a distance within a block. */
const LONGEST = 2 ** 33;

const anyLengths = fc
  .tuple(
    fc.integer({ min: 1, max: 300 }),
    fc.array(fc.tuple(fc.nat(ROWS - 1), fc.nat(LONGEST)), { maxLength: 4 }),
  )
  .map(([usual, others]) => {
    const lengths = new Array<number>(ROWS).fill(usual);
    for (const [row, length] of others) lengths[row] = length;
    return lengths;
  });

it('has room for every offset, and says nothing of rows that are not there', () => {
  const starts = listed([7 * 2 ** 32, 7 * 2 ** 32 + 1, 9 * 2 ** 32]);
  expect(all(starts)).toEqual([7 * 2 ** 32, 7 * 2 ** 32 + 1, 9 * 2 ** 32]);
  expect(starts.last).toBe(9 * 2 ** 32);
  for (const row of [3, -1, 0.5, Number.NaN, 2 ** 32, BLOCK_ROWS]) expect(starts.at(row)).toBeUndefined();
  expect(listed([]).last).toBe(0);
});

it('a file that grows beyond four bytes for an offset while it is rewritten keeps the offsets of its rows', () => {
  const moved = new MovedStarts(listed([100, 2 ** 32 + 90]));
  moved.placeUntil(1, 5);
  moved.placeUntil(2, 50);
  expect(all(moved.finish())).toEqual([105, 2 ** 32 + 140]);
});

it('rows that move by whatever is written before them stand where they should, and in the old index where they stood', () => {
  fc.assert(
    fc.property(
      anyLengths,
      fc.array(fc.tuple(fc.nat(ROWS), fc.integer({ min: -100, max: LONGEST })), { maxLength: 12 }),
      (lengths, growths) => {
        const before = ofLengths(lengths);
        const old = listed(before);
        const moved = new MovedStarts(old);
        const after: number[] = [];
        let shift = 0;
        for (const [row, growth] of growths.toSorted(([one], [other]) => one - other)) {
          moved.placeUntil(row, shift);
          while (after.length < row) after.push((before[after.length] ?? 0) + shift);
          // A row never begins before the one that stands before it.
          shift = Math.max(
            growth,
            row === 0 ? 0 : (after[row - 1] ?? 0) - (before[row] ?? before[row - 1] ?? 0),
          );
        }
        moved.placeUntil(ROWS, shift);
        while (after.length < ROWS) after.push((before[after.length] ?? 0) + shift);
        expect(all(moved.finish())).toEqual(after);
        expect(all(old)).toEqual(before);
      },
    ),
    { numRuns: 60 },
  );
});

it('shares every block of rows that moved as one', () => {
  const old = listed(ofLengths(new Array<number>(ROWS).fill(10)));
  const moved = new MovedStarts(old);
  moved.placeUntil(BLOCK_ROWS + 5, 0);
  moved.placeUntil(ROWS, 3);
  const now = moved.finish();
  expect([0, 1, 2].map((block) => now.distancesOf(block) === old.distancesOf(block))).toEqual([
    true,
    false,
    true,
  ]);
});

it('is not finished before each row has a place', () => {
  const moved = new MovedStarts(listed([0, 10]));
  moved.placeUntil(1, 0);
  expect(() => moved.finish()).toThrow(RangeError);
});

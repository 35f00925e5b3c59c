import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FlagList } from '../../src/csv/flag-list.ts';
import { BLOCK_ROWS } from '../../src/csv/row-blocks.ts';

const ROWS = BLOCK_ROWS + 50;

function listOf(flags: readonly number[]): FlagList {
  const list = FlagList.empty();
  for (const each of flags) list.add(each);
  return list;
}

function all(list: FlagList): number[] {
  return Array.from({ length: list.length }, (_, row) => list.at(row));
}

it('a copy changes without the list that it was made of, and that one never with a copy', () => {
  const change = fc.tuple(fc.nat(ROWS - 1), fc.nat(0xffff));
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 5 }), (rounds) => {
      let flags = Array.from({ length: ROWS }, (_, row) => row & 0x3ff);
      let list = listOf(flags);
      for (const changes of rounds) {
        const before = list;
        const known = flags;
        list = before.copy();
        flags = [...known];
        for (const [row, value] of changes) {
          list.set(row, value);
          flags[row] = value;
        }
        expect(all(before)).toEqual(known);
        expect(all(list)).toEqual(flags);
      }
    }),
    { numRuns: 40 },
  );
});

it('has nothing for rows that are not there, and takes nothing for them', () => {
  const list = listOf([1, 2]);
  expect([list.at(2), list.at(-1), list.at(ROWS)]).toEqual([0, 0, 0]);
  expect(() => list.set(2, 1)).toThrow(RangeError);
  expect(() => list.set(-1, 1)).toThrow(RangeError);
  expect(list.length).toBe(2);
});

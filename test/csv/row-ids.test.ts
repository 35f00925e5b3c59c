import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RowIdList } from '../../src/csv/row-id-list.ts';
import { RowIds } from '../../src/csv/row-ids.ts';

/** The row_ids as a scan collects them. */
async function rowIdsOf(ids: readonly string[]): Promise<RowIds> {
  const list = new RowIdList('row_id');
  for (const id of ids) {
    const bytes = Buffer.from(id);
    expect(list.add(bytes, 0, bytes.length, 0.5)).toBe('id');
  }
  return RowIds.build(list, (rowId, first, second) => {
    throw new Error(`${rowId} in ${first} and ${second}`);
  });
}

const numbers = (count: number) => Array.from({ length: count }, (_, at) => String(at + 1));

it.each([
  ['numbers', numbers(3000)],
  ['numbers with leading zeros', numbers(3000).map((id) => id.padStart(7, '0'))],
  ['numbers that descend', numbers(3000).toReversed()],
  ['one row out of order', [...numbers(3000), '0']],
  ['texts', numbers(3000).map((id) => `é-${id}-${'x'.repeat(Number(id) % 50)}`)],
  ['one row', ['7']],
  ['none', []],
])('finds each row by its row_id, in any order: %s', async (_, ids) => {
  const rowIds = await rowIdsOf(ids);
  const rows = Array.from(ids, (_id, row) => row);
  for (const order of [rows, rows.toReversed(), rows.filter((row) => row % 7 === 0)]) {
    expect(order.map((row) => rowIds.find(ids[row] ?? ''))).toEqual(order);
  }
  expect(['', '1x', '00', '99999999', 'é'].map((id) => rowIds.find(id))).toEqual([-1, -1, -1, -1, -1]);
});

it('finds a row_id that stands twice, wherever it stands', async () => {
  const few = fc.integer({ min: 0, max: 30 }).map(String);
  await fc.assert(
    fc.asyncProperty(fc.array(few, { maxLength: 12 }), fc.boolean(), async (ids, sorted) => {
      const list = sorted ? ids.toSorted((one, other) => Number(one) - Number(other)) : ids;
      const found = await rowIdsOf(list).then(
        (rowIds) => list.map((id) => rowIds.find(id)),
        (error: unknown) => String(error),
      );
      const again = list.findIndex((id, row) => list.indexOf(id) < row);
      const id = list[again] ?? '';
      const expected =
        again < 0 ? list.map((_, row) => row) : `Error: ${id} in ${list.indexOf(id)} and ${again}`;
      expect(found).toEqual(expected);
    }),
  );
});

it('finds a row whatever was looked for before it, also in vain', async () => {
  const COUNT = 500;
  const rowIds = await rowIdsOf(Array.from({ length: COUNT }, (_, row) => String(row * 2)));
  fc.assert(
    fc.property(fc.array(fc.nat(COUNT * 2 + 20), { maxLength: 40 }), (wanted) => {
      const expected = wanted.map((id) => (id % 2 === 0 && id < COUNT * 2 ? id / 2 : -1));
      expect(wanted.map((id) => rowIds.find(String(id)))).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fileStem, findSidecarOf, type StoredItem, storeItem } from '../../src/files/index.ts';
import type { RowContext } from '../../src/row/index.ts';
import { findRowByFile } from '../../src/custody/index.ts';
import { factsOf, namesIn, newFolder, NOW, rowOf, stage } from './folder.ts';

const MEDIA_ID = 'dQw4w9WgXcQ';

/** The same video for a row, as a source stores it; the content says whose it is. */
async function store(outputDir: string, row: RowContext, round: number): Promise<StoredItem> {
  const staged = await stage(outputDir, row.rowId, contentOf(row, round), '.mp4');
  const sidecar = factsOf(MEDIA_ID, { kind: 'video' });
  return storeItem({ outputDir, row, stem: fileStem(MEDIA_ID, row), staged: [staged], sidecar, now: NOW });
}

const contentOf = ({ rowId, type }: RowContext, round: number) => JSON.stringify([rowId, type, round]);

/** Every row's one file is its own, has a name of its own in any case, and leads back to its row. */
async function check(outputDir: string, rows: readonly RowContext[], round: number): Promise<string[]> {
  const stored = await Promise.all(rows.map((row) => store(outputDir, row, round)));
  const names = stored.map(({ files }) => files[0]?.path ?? '');
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(rows.length);
  for (const [at, row] of rows.entries()) {
    const name = names[at] ?? '';
    expect(await readFile(join(outputDir, name), 'utf8')).toBe(contentOf(row, round));
    expect((await findSidecarOf(join(outputDir, name)))?.sidecar.row.rowId).toBe(row.rowId);
    expect((await findRowByFile(name, outputDir))?.rowId).toBe(row.rowId);
  }
  return names;
}

it('two rows whose ids and types join to the same suffix keep their files apart', async () => {
  const rows = [rowOf('1', 'A_B'), rowOf('1_A', 'B')];
  expect(new Set(rows.map((row) => fileStem(MEDIA_ID, row))).size).toBe(1);
  const folder = await newFolder();
  const names = await check(folder, rows, 1);
  expect(names.toSorted()).toEqual([`${MEDIA_ID}_row1_A_B.mp4`, `${MEDIA_ID}_row1_A_B~2.mp4`]);
  expect(await check(folder, rows, 2)).toEqual(names);
  expect(await namesIn(folder)).toHaveLength(4);
});

it.each([
  ['straße', 'STRASSE'],
  ['οδος', 'οδοσ'],
])(
  'the ids %s and %s, which only some file systems keep apart, give names that differ',
  async (one, other) => {
    const rows = [rowOf(one, 'A'), rowOf(other, 'A')];
    const names = (await check(await newFolder(), rows, 1)).toSorted();
    expect(names.filter((name) => name.endsWith('~2.mp4'))).toHaveLength(1);
  },
);

it('whatever the ids and types are, a file is never that of another row, nor is it after it was fetched again', async () => {
  const text = fc.string({ unit: fc.constantFrom('1', 'A', 'a', '_', '-', '~', '#'), maxLength: 5 });
  const row = fc.record({ rowId: text.filter((id) => id !== ''), type: text });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(row, { selector: ({ rowId }) => rowId, minLength: 2, maxLength: 6 }),
      async (given) => {
        const folder = await newFolder();
        const rows = given.map(({ rowId, type }) => rowOf(rowId, type));
        const names = await check(folder, rows, 1);
        expect(await check(folder, rows, 2)).toEqual(names);
        expect(await namesIn(folder)).toHaveLength(2 * rows.length);
      },
    ),
    { numRuns: 60 },
  );
});

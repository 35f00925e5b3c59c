import { expect, it } from 'vitest';
import { DerivedIndex } from '../../src/csv/derived-index.ts';
import { type CsvIndex, CsvSnapshot } from '../../src/csv/index.ts';
import { newStarts } from '../../src/csv/row-starts.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder();

it('has room for every offset of a large file', () => {
  const far = 7 * 2 ** 32;
  const starts = newStarts(1, far);
  starts[0] = far - 1;
  expect(starts[0]).toBe(far - 1);
});

it('a file that grows beyond four bytes for an offset while it is rewritten keeps the offsets of its rows', async () => {
  await using snapshot = await CsvSnapshot.open(
    await folder.file('row_id,type,youtube_playlist\n1,T,x\n2,T,y\n'),
  );
  const starts = Uint32Array.of(100, 2 ** 32 - 10);
  const index = { parts: { ...snapshot.index.parts, starts } } as CsvIndex;
  const derived = new DerivedIndex(index);
  derived.placeUntil(1, 5);
  derived.placeUntil(2, 50);
  expect([...derived.starts]).toEqual([105, 2 ** 32 + 40]);
});

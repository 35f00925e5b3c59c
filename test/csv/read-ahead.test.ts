import { open } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ReadAhead } from '../../src/csv/read-ahead.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder();
const SIZE = 1000;
const BLOCK = 64;

const bytes = Buffer.from(Array.from({ length: SIZE }, (_, at) => (at * 7 + (at >> 5)) & 0xff));

it('hands out the bytes that stand in the file, wherever it goes on and however much is taken at a time', async () => {
  const handle = await open(await folder.file(bytes.toString('latin1')), 'r+');
  await handle.truncate(0);
  await handle.write(bytes, 0, SIZE, 0);
  const move = fc.record({ to: fc.nat(SIZE + BLOCK), room: fc.integer({ min: 1, max: 2 * BLOCK }) });
  await fc.assert(
    fc.asyncProperty(fc.nat(SIZE), fc.array(move, { maxLength: 20 }), async (first, moves) => {
      const ahead = new ReadAhead(handle, first, BLOCK);
      for (const { to, room } of moves) {
        await ahead.moveTo(to);
        expect(ahead.offset).toBe(to);
        const target = Buffer.alloc(room);
        const count = await ahead.copyTo(target, 0, room);
        expect(target.subarray(0, count)).toEqual(bytes.subarray(to, to + count));
        expect(count > 0).toBe(to < SIZE);
      }
      await ahead.stop();
    }),
    { numRuns: 300 },
  );
  await handle.close();
});

it('reads into the same two blocks however often it goes on elsewhere', async () => {
  const read = new Set<ArrayBufferLike>();
  const file = {
    read: async (target: Buffer, offset: number, length: number, position: number) => {
      read.add(target.buffer);
      bytes.copy(target, offset, position, position + length);
      return { bytesRead: Math.max(0, Math.min(length, SIZE - position)) };
    },
  };
  const large = 4096 * 4;
  const ahead = new ReadAhead(file, 0, large);
  const target = Buffer.alloc(1);
  for (const to of [5, 500, 20, 999, 0, 700]) {
    await ahead.moveTo(to);
    await ahead.copyTo(target, 0, 1);
    expect(target[0]).toBe(bytes[to]);
  }
  await ahead.stop();
  expect(read.size).toBeLessThanOrEqual(2);
});

import { Readable } from 'node:stream';
import { setImmediate as settled } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { receiveStretch } from '../../../src/sources/drive/transfer/receive-stretch.ts';

const MIB = 1 << 20;
const CHUNK = 64 << 10;

it('holds less than a mebibyte in memory while the disk takes nothing: that is what a kill costs', async () => {
  let made = 0;
  // As undici's body: a buffer of one chunk beyond those that were asked for.
  const body = new Readable({
    highWaterMark: CHUNK,
    read() {
      made += CHUNK;
      this.push(made > 8 * MIB ? null : Buffer.alloc(CHUNK));
    },
  });
  let written = 0;
  const disk = Promise.withResolvers<void>();
  const slow = {
    write: async (chunks: readonly Buffer[]) => {
      await disk.promise;
      written += Buffer.concat(chunks).length;
    },
  };
  const received = receiveStretch(body, { at: 0, end: 8 * MIB }, 8 * MIB, slow, () => {});
  for (let turn = 0; turn < 1000; turn += 1) await settled();
  expect(made).toBeGreaterThan(MIB / 2);
  expect(made).toBeLessThan(MIB);
  disk.resolve();
  await received;
  expect(written).toBe(8 * MIB);
});

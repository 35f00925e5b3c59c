import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { placeIn } from '../../src/files/index.ts';
import { sharedMedia } from '../../src/workflow/attempt/shared-media.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

describe('what a run remembers of the media that it brought', () => {
  it('takes less than 200 bytes for each, so that a million rows fit', async () => {
    const media = sharedMedia(() => Promise.reject(new Error('no ledger is asked')), false);
    const bring = async (n: number) => {
      const key = {
        kind: 'file',
        mediaId: `web-${n.toString(16).padStart(24, '0')}`,
        requested: null,
      } as const;
      // A reset download asks for what this run brought, and for nothing else.
      const turn = await media.take(key, { rowId: String(n), generation: 2 }, undefined);
      // As it comes from a download: the folder put together anew for each, the name from another thread.
      turn.end({
        folder: placeIn('/home/someone/people/drive_downloads', ''),
        file: structuredClone(`file-${n}_row${n}_A_metadata.json`),
      });
    };
    for (let n = 0; n < 1000; n += 1) await bring(n);
    const before = heapBytes();
    const many = 40_000;
    for (let n = 1000; n < 1000 + many; n += 1) await bring(n);
    expect((heapBytes() - before) / many).toBeLessThan(200);
    // It is still held: what was measured was not collected.
    await expect(
      media.take({ kind: 'file', mediaId: 'x', requested: null }, { rowId: '', generation: 2 }, undefined),
    ).resolves.toMatchObject({ copy: null });
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { CsvIndex } from '../../src/csv/index.ts';
import { SteadyCsv } from '../../src/tracker/steady-csv.ts';
import { tempFolder } from '../csv/support/temp-folder.ts';

const folder = tempFolder();
const TEXT = 'row_id,type,youtube_playlist,youtube_status\n1,T,x,pending\n2,T,y,pending\n';
/** Longer than a file has to be still (milliseconds). */
const STILL = 300;
const nothingKnown = { mark: () => Promise.resolve(null), stepsFrom: () => Promise.resolve([]) };

async function readOnce(csv: SteadyCsv): Promise<CsvIndex> {
  await using snapshot = await csv.snapshot();
  return snapshot.index;
}

it('takes the file of a rewrite that is not quite over for its own, however long ago it was written', async () => {
  const csv = new SteadyCsv(await folder.file(TEXT), undefined, nothingKnown);
  await using snapshot = await csv.snapshot();
  const renamed = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const rewriting = csv.rewrite(async () => {
    const edits = new Map([[0, { youtube_status: 'completed' }]]);
    const index = await snapshot.rewrite({ edits, addTrackingColumns: false });
    renamed.resolve();
    await goOn.promise;
    return index;
  });
  await renamed.promise;
  await sleep(STILL);
  const reading = readOnce(csv);
  await sleep(STILL);
  goOn.resolve();
  expect(await reading).toBe(await rewriting);
  expect(csv.foreignEdits).toBe(0);
});

it('reads on after a rewrite that failed', async () => {
  const csv = new SteadyCsv(await folder.file(TEXT), undefined, nothingKnown);
  const index = await readOnce(csv);
  await expect(csv.rewrite(() => Promise.reject(new Error('no room')))).rejects.toThrow('no room');
  expect(await readOnce(csv)).toBe(index);
});

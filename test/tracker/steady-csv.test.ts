import { appendFile, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
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

// Where this process stands still for a quarter of a second, so does the CSV.
describe('a CSV that is touched on and on', { retry: 3 }, () => {
  const touching = (path: string) => {
    const timer = setInterval(() => void utimes(path, new Date(), new Date()), 50);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  };

  it('is read once its bytes stay the same, and whoever waits can be told', async () => {
    const path = await folder.file(TEXT);
    using touched = touching(path);
    void touched;
    const csv = new SteadyCsv(path, undefined, nothingKnown);
    expect(csv.isWaitedFor).toBe(false);
    const reading = readOnce(csv);
    await expect.poll(() => csv.isWaitedFor, { timeout: 15_000 }).toBe(true);
    expect((await reading).rowCount).toBe(2);
    expect(csv.isWaitedFor).toBe(false);
  });

  it('is not read while it grows', async () => {
    const path = await folder.file(TEXT);
    const csv = new SteadyCsv(path, undefined, nothingKnown);
    const reading = readOnce(csv);
    for (let row = 3; row <= 60; row++) {
      await appendFile(path, `${row},T,x,pending\n`);
      await sleep(60);
    }
    expect((await reading).rowCount).toBe(60);
  });

  it('is believed to have fewer rows than before once its bytes stay the same', async () => {
    const path = await folder.file(TEXT);
    const csv = new SteadyCsv(path, undefined, nothingKnown);
    expect((await readOnce(csv)).rowCount).toBe(2);
    await writeFile(path, TEXT.split('\n').slice(0, 2).join('\n'));
    using touched = touching(path);
    void touched;
    expect((await readOnce(csv)).rowCount).toBe(1);
  });
});

it('reads on after a rewrite that failed', async () => {
  const csv = new SteadyCsv(await folder.file(TEXT), undefined, nothingKnown);
  const index = await readOnce(csv);
  await expect(csv.rewrite(() => Promise.reject(new Error('no room')))).rejects.toThrow('no room');
  expect(await readOnce(csv)).toBe(index);
});

import { updateCsvDownloadStatus } from '../../../src/index.ts';
import { observe, timed } from '../../support/event-loop.ts';
import { rowsAtRandom, sampleResult } from '../sample-result.ts';
import { sampleRow } from '../sample-csv.ts';
import type { Probe } from '../task.ts';

const SEED = 2;
/** Updates that are asked for at once. */
const TOGETHER = 100;

/**
 * Single updates, each waited for until it is in the CSV: the first one of a process (which opens, scans and backs up), the
 * following ones, and a hundred at once.
 */
export const update: Probe = async ({ csv, rows, count }) => {
  const chosen = rowsAtRandom(rows, count + 1 + TOGETHER, SEED);
  const write = async (index: number) => {
    const { context } = sampleRow(index);
    await updateCsvDownloadStatus(index, 'youtube', sampleResult(context, 'youtube'), csv);
  };
  const first = await observe(() => writeEach(chosen.slice(0, 1), write));
  const following = await observe(() => writeEach(chosen.slice(1, count + 1), write));
  const together = await observe(() => Promise.all(chosen.slice(count + 1).map(write)));
  return {
    firstMs: first.result,
    ms: following.result,
    blockMs: [Math.max(first.blockMilliseconds, following.blockMilliseconds)],
    togetherMs: [together.milliseconds],
    togetherBlockMs: [together.blockMilliseconds],
  };
};

async function writeEach(rows: readonly number[], write: (index: number) => Promise<void>) {
  const samples: number[] = [];
  for (const index of rows) samples.push(await timed(() => write(index)));
  return samples;
}

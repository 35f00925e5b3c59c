import { join } from 'node:path';
import { openSqliteLedger } from '../../../src/ledger/index.ts';
import { observe, timed } from '../../support/event-loop.ts';
import { rowsAtRandom, sampleAttempt } from '../sample-result.ts';
import { sampleRow } from '../sample-csv.ts';
import type { Probe } from '../task.ts';

const WARM_UP = 20;
const SEED = 1;

/** One result after the other, each waited for: how long until one is durable. */
export const durable: Probe = async ({ rows, count, folder }) => {
  const attempts = rowsAtRandom(rows, count + WARM_UP, SEED).map((index) => {
    const { context, youtube } = sampleRow(index);
    return sampleAttempt(context, 'youtube', youtube, null);
  });
  const ledger = await openSqliteLedger(join(folder, 'ledger.db'));
  for (const attempt of attempts.slice(0, WARM_UP)) await ledger.record(attempt);
  const seen = await observe(async () => {
    const samples: number[] = [];
    for (const attempt of attempts.slice(WARM_UP)) samples.push(await timed(() => ledger.record(attempt)));
    return samples;
  });
  await ledger.close();
  return { ms: seen.result, blockMs: [seen.blockMilliseconds] };
};

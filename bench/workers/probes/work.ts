import { setTimeout as sleep } from 'node:timers/promises';
import { CsvStore } from '../../../src/ledger/index.ts';
import { completionBy, holding, openQueue, type TakenJob } from '../../../src/queue/index.ts';
import { RowContext } from '../../../src/row/index.ts';
import { observe } from '../../support/event-loop.ts';
import { sampleAttempt } from '../../tracker/sample-result.ts';
import type { Probe } from '../task.ts';

/** Jobs that are taken at once; the next are asked for while half of them wait. */
const MOST_AT_ONCE = 200;

/** One worker whose downloads take no time: takes, begins, and records with the job's completion, until the queue is empty. */
export const work: Probe = async ({ store: url, key, concurrency }) => {
  const store = await CsvStore.open(url);
  const csv = await store.find(key);
  if (csv === null) throw new Error('no such CSV');
  const ledger = store.ledger(csv);
  const queue = await openQueue(store.connections);
  const kind = completionBy(queue);
  process.stderr.write('ready\n');
  await new Promise((resolve) => process.stdin.once('data', resolve));
  process.stdin.destroy();

  const waiting: TakenJob[] = [];
  let taking: Promise<void> | null = null;
  let isOver = false;
  const take = async () => {
    const taken = await queue.take('youtube', MOST_AT_ONCE);
    waiting.push(...taken);
    if (taken.length > 0) return;
    const { waiting: left } = await queue.counts(key);
    if (left === 0) isOver = true;
    else await sleep(5);
  };
  const next = async (): Promise<TakenJob | undefined> => {
    while (!isOver && waiting.length === 0) await (taking ??= take().finally(() => (taking = null)));
    if (!isOver && waiting.length < MOST_AT_ONCE / 2) taking ??= take().finally(() => (taking = null));
    return waiting.shift();
  };
  let done = 0;
  const download = async () => {
    for (let job = await next(); job !== undefined; job = await next()) {
      const { rowId, type, name, email } = job.row;
      const begun = await ledger.begin(
        { row: { rowId, type, name, email }, downloadType: job.downloadType, link: job.link },
        job.runId,
        { kind: holding, part: job },
      );
      const attempt = sampleAttempt(new RowContext(job.row), job.downloadType, job.link, begun);
      await ledger.record(attempt, { kind, part: job });
      done++;
    }
  };
  const seen = await observe(() => Promise.all(Array.from({ length: concurrency }, download)));
  await ledger.close();
  await queue.close();
  await store.close();
  return {
    jobs: [done],
    seconds: [seen.milliseconds / 1000],
    cpuMs: [seen.cpuMilliseconds],
    blockMs: [seen.blockMilliseconds],
  };
};

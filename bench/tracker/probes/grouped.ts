import { join } from 'node:path';
import { type AttemptRecord, type Ledger, openSqliteLedger } from '../../../src/ledger/index.ts';
import { observe } from '../../support/event-loop.ts';
import { sampleAttempt } from '../sample-result.ts';
import { sampleRow } from '../sample-csv.ts';
import type { Probe, Task } from '../task.ts';

/**
 * Many transfers that end all the time: each makes a result, has it recorded and goes on; hundreds share a commit. No more
 * results are in memory than are under way: the garbage collector would take its time for thousands that wait.
 */
export const grouped: Probe = (task) =>
  recordAll(task, attemptsOf(task), async (ledger, left) => {
    const transfer = async () => {
      for (const attempt of left) await ledger.record(attempt);
    };
    await Promise.all(Array.from({ length: task.concurrency }, transfer));
  });

/** All results in one turn of the event loop, as nobody should do it; made beforehand. */
export const burst: Probe = (task) =>
  recordAll(task, [...attemptsOf(task)], async (ledger, attempts) => {
    await Promise.all(attempts.map((attempt) => ledger.record(attempt)));
  });

function* attemptsOf({ rows, count }: Task): Generator<AttemptRecord> {
  for (let index = 0; index < count; index++) {
    const { context, youtube } = sampleRow(index % rows);
    yield sampleAttempt(context, 'youtube', youtube, null);
  }
}

async function recordAll<Attempts>(
  { count, folder }: Task,
  attempts: Attempts,
  work: (ledger: Ledger, attempts: Attempts) => Promise<void>,
) {
  const ledger = await openSqliteLedger(join(folder, 'ledger.db'));
  const seen = await observe(() => work(ledger, attempts));
  await ledger.close();
  return {
    perSecond: [(count * 1000) / seen.milliseconds],
    cpuMs: [seen.cpuMilliseconds],
    blockMs: [seen.blockMilliseconds],
  };
}

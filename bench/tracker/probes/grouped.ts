import { join } from 'node:path';
import { type AttemptRecord, type Ledger, openSqliteLedger } from '../../../src/ledger/index.ts';
import { observe } from '../../support/event-loop.ts';
import { sampleAttempt } from '../sample-result.ts';
import { sampleRow } from '../sample-csv.ts';
import type { Probe, Task } from '../task.ts';

/** Many transfers that end all the time: each has one result under way, hundreds share a commit. */
export const grouped: Probe = (task) =>
  recordAll(task, async (ledger, attempts) => {
    const left = attempts.values();
    const transfer = async () => {
      for (const attempt of left) await ledger.record(attempt);
    };
    await Promise.all(Array.from({ length: task.concurrency }, transfer));
  });

/** All results in one turn of the event loop, as nobody should do it. */
export const burst: Probe = (task) =>
  recordAll(task, async (ledger, attempts) => {
    await Promise.all(attempts.map((attempt) => ledger.record(attempt)));
  });

async function recordAll(
  { rows, count, folder }: Task,
  work: (ledger: Ledger, attempts: readonly AttemptRecord[]) => Promise<void>,
) {
  // Prepared beforehand: making results is the caller's time, not the ledger's.
  const attempts = Array.from({ length: count }, (_, index) => {
    const { context, youtube } = sampleRow(index % rows);
    return sampleAttempt(context, 'youtube', youtube, null);
  });
  const ledger = await openSqliteLedger(join(folder, 'ledger.db'));
  const seen = await observe(() => work(ledger, attempts));
  await ledger.close();
  return {
    perSecond: [(count * 1000) / seen.milliseconds],
    cpuMs: [seen.cpuMilliseconds],
    blockMs: [seen.blockMilliseconds],
  };
}

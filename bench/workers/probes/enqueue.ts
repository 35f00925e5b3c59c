import { openQueue, type DownloadJob } from '../../../src/queue/index.ts';
import { CsvStore } from '../../../src/ledger/index.ts';
import { DOWNLOAD_TYPES } from '../../../src/row/index.ts';
import { lendTracker } from '../../../src/tracker/index.ts';
import { iterateTasks } from '../../../src/workflow/planning/tasks.ts';
import { observe } from '../../support/event-loop.ts';
import type { Probe } from '../task.ts';

const JOBS_AT_ONCE = 1000;

/** Everything that is to be fetched of a CSV, as a run finds it, into the queue. */
export const enqueue: Probe = async ({ store: url, key, csv }) => {
  const store = await CsvStore.open(url);
  const queue = await openQueue(store.connections);
  const seen = await observe(async () => {
    await using lent = await lendTracker(csv);
    let added = 0;
    let jobs: DownloadJob[] = [];
    for (const downloadType of DOWNLOAD_TYPES) {
      const tasks = iterateTasks({
        tracker: lent.tracker,
        downloadType,
        options: {},
        now: () => new Date(),
        runId: 'bench',
        limit: Infinity,
      });
      for await (const { row, link } of tasks) {
        const { rowId, rowIndex, type, name, email } = row.context;
        jobs.push({
          csv: key,
          row: { rowId, rowIndex, line: row.line, type, name, email },
          downloadType,
          link,
          runId: 'bench',
        });
        if (jobs.length < JOBS_AT_ONCE) continue;
        added += await queue.enqueue(jobs);
        jobs = [];
      }
    }
    return added + (await queue.enqueue(jobs));
  });
  await queue.close();
  await store.close();
  return {
    jobs: [seen.result],
    seconds: [seen.milliseconds / 1000],
    perSecond: [(seen.result * 1000) / seen.milliseconds],
    cpuMs: [seen.cpuMilliseconds],
    blockMs: [seen.blockMilliseconds],
  };
};

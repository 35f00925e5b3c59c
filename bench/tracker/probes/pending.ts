import { getPendingDownloads, iteratePending } from '../../../src/index.ts';
import { observe } from '../../support/event-loop.ts';
import type { Probe, Task } from '../task.ts';

/** What has a YouTube video to fetch, one row at a time. */
export const pending: Probe = (task) => counted(() => iterated(task, 'youtube'));

/** What has anything to fetch, one row at a time. */
export const pendingBoth: Probe = (task) => counted(() => iterated(task, 'both'));

/** The same as an array. */
export const pendingArray: Probe = ({ csv }) =>
  counted(async () => (await getPendingDownloads(csv, { downloadType: 'both' })).length);

async function iterated({ csv }: Task, downloadType: 'youtube' | 'both'): Promise<number> {
  let rows = 0;
  for await (const row of iteratePending(csv, { downloadType })) if (row.rowId !== '') rows++;
  return rows;
}

async function counted(work: () => Promise<number>) {
  const { result, milliseconds, cpuMilliseconds, blockMilliseconds } = await observe(work);
  return { ms: [milliseconds], cpuMs: [cpuMilliseconds], blockMs: [blockMilliseconds], rows: [result] };
}

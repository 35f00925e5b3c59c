import { runProbe } from '../support/run-probe.ts';
import type { Task } from './task.ts';

await runProbe<Task>({
  enqueue: async () => (await import('./probes/enqueue.ts')).enqueue,
  record: async () => (await import('./probes/record.ts')).record,
  work: async () => (await import('./probes/work.ts')).work,
});

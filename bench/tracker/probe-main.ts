import { runProbe } from '../support/run-probe.ts';
import type { Task } from './task.ts';

await runProbe<Task>({
  scan: async () => (await import('./probes/scan.ts')).scan,
  columns: async () => (await import('./probes/columns.ts')).columns,
  durable: async () => (await import('./probes/durable.ts')).durable,
  grouped: async () => (await import('./probes/grouped.ts')).grouped,
  burst: async () => (await import('./probes/grouped.ts')).burst,
  update: async () => (await import('./probes/update.ts')).update,
  processes: async () => (await import('./probes/processes.ts')).processes,
  share: async () => (await import('./probes/processes.ts')).share,
  run: async () => (await import('./probes/run.ts')).run,
  commandRun: async () => (await import('./probes/command-run.ts')).commandRun,
  pending: async () => (await import('./probes/pending.ts')).pending,
  pendingBoth: async () => (await import('./probes/pending.ts')).pendingBoth,
  pendingArray: async () => (await import('./probes/pending.ts')).pendingArray,
  summary: async () => (await import('./probes/summary.ts')).summary,
  limits: async () => (await import('./probes/limits.ts')).limits,
  duckdb: async () => (await import('./probes/duckdb.ts')).duckdb,
});

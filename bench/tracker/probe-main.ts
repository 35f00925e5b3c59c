import { keepHeapSmall } from '../../src/cli/keep-heap-small.ts';
import { peakMemory } from '../support/peak-memory.ts';
import type { Probe, Task } from './task.ts';

/** Each probe, loaded alone: what another one needs must not count as this one's memory. */
const PROBES: Readonly<Record<string, () => Promise<Probe>>> = {
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
};

const [name = '', task = '{}'] = process.argv.slice(2);
const load = PROBES[name];
if (load === undefined) throw new Error(`no probe '${name}'; there are ${Object.keys(PROBES).join(', ')}`);
// As the command line does.
keepHeapSmall();
const probe = await load();
const samples = await probe(JSON.parse(task) as Task);
process.stdout.write(`${JSON.stringify({ peakMb: [peakMemory()], ...samples })}\n`);

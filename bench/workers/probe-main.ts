import { keepHeapSmall } from '../../src/cli/keep-heap-small.ts';
import { peakMemory } from '../support/peak-memory.ts';
import type { Probe, Task } from './task.ts';

/** Each probe, loaded alone: what another one needs must not count as this one's memory. */
const PROBES: Readonly<Record<string, () => Promise<Probe>>> = {
  enqueue: async () => (await import('./probes/enqueue.ts')).enqueue,
  record: async () => (await import('./probes/record.ts')).record,
  work: async () => (await import('./probes/work.ts')).work,
};

const [name = '', task = '{}'] = process.argv.slice(2);
const load = PROBES[name];
if (load === undefined) throw new Error(`no probe '${name}'; there are ${Object.keys(PROBES).join(', ')}`);
// As the command line does.
keepHeapSmall();
const probe = await load();
const samples = await probe(JSON.parse(task) as Task);
process.stdout.write(`${JSON.stringify({ peakMb: [peakMemory()], ...samples })}\n`);

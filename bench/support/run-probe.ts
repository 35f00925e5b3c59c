import { keepHeapSmall } from '../../src/cli/keep-heap-small.ts';
import { peakMemory } from './peak-memory.ts';

/** Probes by name, each loaded alone: what another one needs must not count as this one's memory. */
export type Probes<Task> = Readonly<Record<string, () => Promise<(task: Task) => Promise<object>>>>;

/** The whole of a process that measures: the probe and its task stand in the arguments, the samples go to stdout as JSON. */
export async function runProbe<Task>(probes: Probes<Task>): Promise<void> {
  const [name = '', task = '{}'] = process.argv.slice(2);
  const load = probes[name];
  if (load === undefined) throw new Error(`no probe '${name}'; there are ${Object.keys(probes).join(', ')}`);
  // As the command line does.
  keepHeapSmall();
  const probe = await load();
  const samples = await probe(JSON.parse(task) as Task);
  process.stdout.write(`${JSON.stringify({ peakMb: [peakMemory()], ...samples })}\n`);
}

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

const RESOLUTION_MS = 1;
/** So that a block at the very end is seen, too. */
const LAST_LOOK_MS = 5;

/** Work and what it cost this process. */
export interface Observed<Result> {
  readonly result: Result;
  readonly milliseconds: number;
  /** Processor time of all threads. */
  readonly cpuMilliseconds: number;
  /** The longest time the event loop was held up meanwhile. */
  readonly blockMilliseconds: number;
}

/** Does a piece of work and watches clock, processor and event loop. */
export async function observe<Result>(work: () => Promise<Result>): Promise<Observed<Result>> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  await sleep(LAST_LOOK_MS);
  delay.reset();
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = await work();
  const milliseconds = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  await sleep(LAST_LOOK_MS);
  delay.disable();
  const blockMilliseconds = Math.max(0, delay.max / 1e6 - RESOLUTION_MS);
  return { result, milliseconds, cpuMilliseconds: (user + system) / 1000, blockMilliseconds };
}

/** The same for work that is only timed. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

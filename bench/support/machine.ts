import { availableParallelism, loadavg, totalmem } from 'node:os';

/** Where figures come from, as far as a reader needs it to compare; no names and no paths. */
export interface Machine {
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  /** YYYY-MM-DD. */
  readonly date: string;
}

export function describeMachine(now: Date): Machine {
  return {
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    node: process.versions.node,
    date: now.toISOString().slice(0, 10),
  };
}

/** Processes that ran or waited for a core, averaged over the last minute. */
export function currentLoad(): number {
  return Number((loadavg()[0] ?? 0).toFixed(2));
}

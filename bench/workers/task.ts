import type { Samples } from '../support/run-child.ts';

/** What a probe is to do; it comes as JSON on the command line of a process of its own. */
export interface Task {
  /** The store's address. */
  readonly store: string;
  /** The CSV's key in the store. */
  readonly key: string;
  /** The CSV itself, where the probe reads one. */
  readonly csv: string;
  /** How many results or jobs. */
  readonly count: number;
  /** Downloads under way at once. */
  readonly concurrency: number;
}

/** Measures one thing; the names say the unit. */
export type Probe = (task: Task) => Promise<Samples>;

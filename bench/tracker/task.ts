import type { Samples } from '../support/run-child.ts';

/** What a probe is to do; it comes as JSON on the command line of a process of its own. */
export interface Task {
  /** The CSV, a copy that the probe may change. */
  readonly csv: string;
  /** Rows that it has. */
  readonly rows: number;
  /** A folder for other files; it exists. */
  readonly folder: string;
  /** How many updates, results or tries. */
  readonly count: number;
  /** Transfers at once, or processes. */
  readonly concurrency: number;
  /** Which share of the work is that of this process, from 0. */
  readonly part: number;
  /** A folder in which DuckDB is installed, or null. */
  readonly duckdb: string | null;
}

/** Measures one thing; the names say the unit: `ms`, `blockMs` (longest hold-up of the event loop), `perSecond`. */
export type Probe = (task: Task) => Promise<Samples>;

import type { ErrorHandler } from '../errors/index.ts';
import type { Clock, Hosts } from '../hosts/index.ts';
import type { SharedMedia } from '../files/index.ts';
import type { RunningCounts } from '../monitoring/index.ts';
import type { DownloadType } from '../row/index.ts';
import type { CsvTracker } from '../tracker/index.ts';
import type { RunEvent } from './events.ts';
import type { WorkflowOptions } from './options.ts';
import type { Pacer } from './pacer.ts';
import type { PauseBoard } from './pause-board.ts';
import type { RunGate } from './run-gate.ts';
import type { RunLog } from './run-log.ts';
import type { RunProgress } from './run-progress.ts';
import type { RunTally } from './run-summary.ts';

/** What all parts of one run share. */
export interface RunContext {
  readonly runId: string;
  readonly tracker: CsvTracker;
  readonly options: WorkflowOptions;
  readonly clock: Clock;
  /** Where each item takes its turn. */
  readonly hosts: Hosts;
  readonly board: PauseBoard;
  /** Closed while somebody has paused the run. */
  readonly gate: RunGate;
  readonly folders: Readonly<Record<DownloadType, string>>;
  /** What rows have in common is fetched once. */
  readonly media: SharedMedia;
  readonly pacer: Pacer;
  readonly tally: RunTally;
  /** How far it is. */
  readonly progress: RunProgress;
  /** How the downloads of the whole CSV stand, counted along. */
  readonly counts: RunningCounts;
  /** Decides on retries, and counts what went wrong. */
  readonly errors: ErrorHandler;
  /** Logs an event and passes it on. */
  readonly tell: (event: RunEvent) => void;
  /** Logs an attempt that is in the ledger. */
  readonly recorded: RunLog['recorded'];
  readonly note: (message: string, rowId?: string) => void;
}

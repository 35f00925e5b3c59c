import type { ErrorHandler } from '../errors/index.ts';
import type { AttemptRecord, DownloadState } from '../ledger/index.ts';
import type { RunningCounts } from '../monitoring/index.ts';
import type { CsvTracker } from '../tracker/index.ts';
import type { AttemptContext } from './attempt/attempt-context.ts';
import type { Pacer } from './pacing/pacer.ts';
import type { PauseBoard } from './pacing/pause-board.ts';
import type { RunGate } from './pacing/run-gate.ts';
import type { RunTally } from './reporting/run-summary.ts';

/** What all parts of one run share. */
export interface RunContext extends AttemptContext {
  readonly tracker: CsvTracker;
  readonly board: PauseBoard;
  /** Closed while somebody has paused the run. */
  readonly gate: RunGate;
  readonly pacer: Pacer;
  readonly tally: RunTally;
  /** How the downloads of the whole CSV stand, counted along. */
  readonly counts: RunningCounts;
  /** Decides on retries, and counts what went wrong. */
  readonly errors: ErrorHandler;
  /** Logs an attempt that is in the ledger. */
  readonly logged: (attempt: AttemptRecord, state: DownloadState) => void;
}

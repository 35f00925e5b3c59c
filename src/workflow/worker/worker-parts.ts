import type { ErrorHandler } from '../../errors/index.ts';
import type { Clock, Hosts } from '../../hosts/index.ts';
import type { AlongsideKind, AttemptRecord, DownloadState, Store } from '../../ledger/index.ts';
import type { Queue } from '../../queue/index.ts';
import type { DownloadType } from '../../row/index.ts';
import type { AttemptEnd } from '../attempt/attempt.ts';
import type { RunEvent } from '../reporting/events.ts';
import type { WorkflowOptions } from '../options.ts';
import type { PauseBoard } from '../pacing/pause-board.ts';
import type { RunProgress } from '../reporting/run-progress.ts';
import type { Task } from '../planning/tasks.ts';
import type { CsvDesks } from './csv-desks.ts';
import type { HeldJobs } from './held-jobs.ts';
import type { Settlement } from './settlement.ts';

/** An attempt that a worker made and recorded, and what follows it. */
export interface WorkedAttempt {
  readonly task: Task;
  readonly end: AttemptEnd;
  /** Seconds until it is tried again; null where it is not. */
  readonly seconds: number | null;
  /** The host that it waits for, or null. */
  readonly waitsFor: string | null;
}

/** What all parts of one worker share. */
export interface WorkerParts {
  readonly queue: Queue;
  readonly connections: Store;
  readonly desks: CsvDesks;
  readonly held: HeldJobs;
  readonly settling: AlongsideKind<Settlement>;
  /** Of this machine; a job's run adds what it says of the results. */
  readonly options: WorkflowOptions;
  readonly folders: Readonly<Record<DownloadType, string>>;
  readonly hosts: Hosts;
  readonly board: PauseBoard;
  readonly clock: Clock;
  readonly errors: ErrorHandler;
  readonly progress: RunProgress;
  /** Resolves when a new download may begin. @throws the signal's reason */
  readonly whenOpen: (signal: AbortSignal) => Promise<void>;
  readonly begun: () => void;
  readonly recorded: (attempt: AttemptRecord, state: DownloadState) => void;
  readonly ended: (attempt: WorkedAttempt) => void;
  readonly tell: (event: RunEvent) => void;
  readonly note: (message: string, rowId?: string) => void;
}

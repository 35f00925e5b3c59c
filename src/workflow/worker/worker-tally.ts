import type { RunEvent } from '../reporting/events.ts';
import type { RunProgress } from '../reporting/run-progress.ts';
import type { WorkedAttempt } from './worker-parts.ts';

/** What came of a worker's attempts. */
export interface WorkerCounts {
  readonly completed: number;
  /** Downloads that failed for their run. */
  readonly failed: number;
  /** To be tried later without having lost an attempt. */
  readonly later: number;
  /** Attempts that failed, and after which the download is tried again, by whichever worker. */
  readonly retries: number;
  readonly files: number;
  readonly bytes: number;
}

/** Adds up a worker's attempts, and says each as an event. */
export class WorkerTally {
  #counts: WorkerCounts = { completed: 0, failed: 0, later: 0, retries: 0, files: 0, bytes: 0 };

  get counts(): WorkerCounts {
    return this.#counts;
  }

  ended({ task, end, seconds, waitsFor }: WorkedAttempt, progress: RunProgress): RunEvent {
    const { result, failure, attempts } = end;
    for (const { files } of result.items ?? []) {
      this.#add('files', files.length);
      for (const { size } of files) this.#add('bytes', size);
    }
    const { rowId } = task.row.context;
    const { downloadType } = task;
    if (failure !== null && waitsFor !== null) {
      this.#add('later', 1);
      return { kind: 'waiting', failure, host: waitsFor };
    }
    if (failure !== null && seconds !== null) {
      this.#add('retries', 1);
      return { kind: 'retrying', failure, attempts, seconds };
    }
    const totals = progress.ended(downloadType);
    if (failure === null) {
      this.#add('completed', 1);
      return { kind: 'completed', rowId, downloadType, result, totals };
    }
    this.#add(failure.status === 'failed' ? 'failed' : 'later', 1);
    return { kind: 'failed', failure, totals };
  }

  #add(name: keyof WorkerCounts, count: number): void {
    this.#counts = { ...this.#counts, [name]: this.#counts[name] + count };
  }
}

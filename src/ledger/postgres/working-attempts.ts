import { arrivedOf } from '../recording/arrived.ts';
import { MinuteSums } from '../recording/minute-sums.ts';
import type { AttemptStore } from '../recording/stores.ts';
import type { AttemptRecord } from '../ledger.ts';

/** An attempt as its table holds it; `place` counts those of the transaction from 1. */
export interface NewAttempt {
  readonly place: number;
  readonly row_id: string;
  readonly download_type: string;
  readonly generation: number;
  readonly link: string | null;
  readonly number: number;
  readonly started_at: string;
  readonly ended_at: string;
  readonly status: string;
  readonly cause: string | null;
  readonly category: string | null;
  readonly message: string | null;
  readonly run_id: string | null;
  readonly lease: number | null;
  readonly files: number | null;
  readonly bytes: number | null;
}

/** The times of an attempt that is known. */
export type KnownAttempt = Pick<NewAttempt, 'row_id' | 'download_type' | 'started_at' | 'ended_at'>;

/** The attempts that one transaction adds. */
export class WorkingAttempts implements AttemptStore {
  readonly added: NewAttempt[] = [];
  readonly sums = new MinuteSums();
  readonly #known: Set<string>;

  /** @param known where it may be asked for them */
  constructor(known: readonly KnownAttempt[]) {
    this.#known = new Set(known.map(timesOf));
  }

  put(attempt: AttemptRecord, generation: number, number: number): void {
    const { files, bytes } = arrivedOf(attempt.items);
    this.#add(attempt, generation, number, files.length, bytes);
    this.sums.add(attempt, files.length, bytes);
  }

  putWithoutItems(attempt: AttemptRecord, generation: number, number: number, files: number | null): void {
    this.#add(attempt, generation, number, files, null);
    this.sums.add(attempt, files ?? 0, 0);
  }

  has({ row, downloadType, startedAt, endedAt }: AttemptRecord): boolean {
    return this.#known.has(
      timesOf({ row_id: row.rowId, download_type: downloadType, started_at: startedAt, ended_at: endedAt }),
    );
  }

  #add(
    { row, downloadType, link, startedAt, endedAt, outcome, runId, lease }: AttemptRecord,
    generation: number,
    number: number,
    files: number | null,
    bytes: number | null,
  ): void {
    const added: NewAttempt = {
      place: this.added.length + 1,
      row_id: row.rowId,
      download_type: downloadType,
      generation,
      link,
      number: Math.max(number, 1),
      started_at: startedAt,
      ended_at: endedAt,
      status: outcome.status,
      cause: outcome.cause,
      category: outcome.category,
      message: outcome.message,
      run_id: runId,
      lease,
      files,
      bytes,
    };
    this.added.push(added);
    this.#known.add(timesOf(added));
  }
}

function timesOf({ row_id, download_type, started_at, ended_at }: KnownAttempt): string {
  return JSON.stringify([row_id, download_type, started_at, ended_at]);
}

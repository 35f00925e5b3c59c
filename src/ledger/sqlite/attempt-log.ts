import type { AttemptSum } from '../attempt-totals.ts';
import type { FailedAttempt } from '../history.ts';
import type { AttemptRecord } from '../ledger.ts';
import { arrivedOf } from '../recording/arrived.ts';
import { minuteOf, MinuteSums } from '../recording/minute-sums.ts';
import type { AttemptStore } from '../recording/stores.ts';
import type { Statements } from './statements.ts';

/** Sums of attempts that are added up in one go; some milliseconds of work. */
const SUMS_IN_A_SLICE = 5000;

/** A part of the sums, and the minute at which the next part begins; null after the last one. */
export interface AttemptSlice {
  readonly sums: readonly AttemptSum[];
  readonly next: string | null;
}

/** The attempts, one by one and added up by the minute: adding up millions when somebody asks would take seconds. */
export class AttemptLog implements AttemptStore {
  readonly #statements: Statements;
  /** What this transaction has to add, by kind; not written down yet. */
  readonly #sums = new MinuteSums();

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  put(attempt: AttemptRecord, generation: number, number: number): void {
    const { files, bytes } = arrivedOf(attempt.items);
    this.#insert(attempt, generation, number, files.length, bytes);
    this.#sums.add(attempt, files.length, bytes);
  }

  /** Whether an attempt of these very times is known. */
  has({ row, downloadType, startedAt, endedAt }: AttemptRecord): boolean {
    const known = this.#statements
      .sql('SELECT 1 FROM attempt WHERE row_id = ? AND download_type = ? AND started_at = ? AND ended_at = ?')
      .get(row.rowId, downloadType, startedAt, endedAt);
    return known !== undefined;
  }

  /** One of which no items are known. @param files that it brought, null where that is not known either */
  putWithoutItems(attempt: AttemptRecord, generation: number, number: number, files: number | null): void {
    this.#insert(attempt, generation, number, files, null);
    this.#sums.add(attempt, files ?? 0, 0);
  }

  #insert(
    attempt: AttemptRecord,
    generation: number,
    number: number,
    files: number | null,
    bytes: number | null,
  ): void {
    const { row, downloadType, outcome, startedAt, endedAt } = attempt;
    this.#statements
      .sql(
        `INSERT INTO attempt (row_id, download_type, generation, link, number, started_at, ended_at, status, cause, category, message,
           run_id, lease, files, bytes)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        row.rowId,
        downloadType,
        generation,
        attempt.link,
        Math.max(number, 1),
        startedAt,
        endedAt,
        outcome.status,
        outcome.cause,
        outcome.category,
        outcome.message,
        attempt.runId,
        attempt.lease,
        files,
        bytes,
      );
  }

  /** To be called before a commit: one sum for each kind, however many attempts. */
  writeSums(): void {
    for (const sum of this.#sums.values()) {
      this.#statements
        .sql(
          `INSERT INTO attempt_minute VALUES (@minute, @downloadType, @status, @cause, @category, @attempts, @timed, @seconds, @files, @bytes)
           ON CONFLICT DO UPDATE SET attempts = attempts + excluded.attempts, timed = timed + excluded.timed,
             seconds = seconds + excluded.seconds, files = files + excluded.files, bytes = bytes + excluded.bytes`,
        )
        .run(sum);
    }
    this.#sums.clear();
  }

  /** To be called after a rollback. */
  forgetSums(): void {
    this.#sums.clear();
  }

  /** The sums of the minutes from this time on, a slice of them. @param from ISO 8601 */
  minutesAfter(from: string): AttemptSlice {
    this.writeSums();
    const first = minuteOf(from);
    const next = this.#statements
      .sql('SELECT minute FROM attempt_minute WHERE minute >= ? ORDER BY minute LIMIT 1 OFFSET ?')
      .pluck()
      .get(first, SUMS_IN_A_SLICE) as string | undefined;
    const sums = this.#statements
      .sql(
        `SELECT download_type AS downloadType, status, cause, category, sum(attempts) AS attempts, sum(timed) AS timed,
           sum(seconds) AS seconds, sum(files) AS files, sum(bytes) AS bytes
         FROM attempt_minute WHERE minute >= ? AND (? IS NULL OR minute < ?)
         GROUP BY download_type, status, cause, category`,
      )
      .all(first, next ?? null, next ?? null) as AttemptSum[];
    return { sums, next: next ?? null };
  }

  recentErrors(limit: number): readonly FailedAttempt[] {
    return this.#statements
      .sql(
        `SELECT ended_at AS at, row_id AS rowId, download_type AS downloadType, link, cause, category, message,
           number AS attemptNumber, run_id AS runId
         FROM attempt WHERE status = 'failed' ORDER BY id DESC LIMIT ?`,
      )
      .all(limit) as FailedAttempt[];
  }
}

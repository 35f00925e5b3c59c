import { causeFacts } from '../../errors/index.ts';
import { HOST, isUnreached } from '../../hosts/index.ts';
import type { RecordedAttempt, SharedLedger } from '../../ledger/index.ts';
import { DownloadResult, RowContext } from '../../row/index.ts';
import type { Failure } from '../reporting/events.ts';
import { nextTry } from '../planning/next-try.ts';
import type { RunContext } from '../run-context.ts';
import type { Task } from '../planning/tasks.ts';

/** Attempts that are asked for at a time. */
const PAGE = 500;

/** A download whose last attempt failed and that is tried again. */
interface Open {
  readonly failure: Failure;
  /** Attempts that were lost since this run follows. */
  readonly tries: number;
}

/**
 * Follows what all workers record of a CSV: counts it, and tells it as a run tells of what it does itself. In the order of recording, each attempt
 * once.
 */
export class Follower {
  readonly #run: RunContext;
  readonly #ledger: SharedLedger;
  readonly #open = new Map<string, Open>();
  /** What downloads were before this run where that is not `pending`. */
  readonly #before = new Map<string, Task['before']>();
  #after: number;

  private constructor(run: RunContext, ledger: SharedLedger, after: number) {
    this.#run = run;
    this.#ledger = ledger;
    this.#after = after;
  }

  /** Follows what is recorded from now on. */
  static async of(run: RunContext, ledger: SharedLedger): Promise<Follower> {
    return new Follower(run, ledger, await ledger.lastAttempt());
  }

  /** Notes what a download is before the run tries it. */
  expect({ row, downloadType, before }: Task): void {
    if (before !== 'pending') this.#before.set(keyOf(row.context.rowId, downloadType), before);
  }

  /** Looks for what is new. @returns how many attempts there were */
  async look(): Promise<number> {
    let count = 0;
    for (;;) {
      const attempts = await this.#ledger.recordedAfter(this.#after, PAGE);
      const lines = await this.#linesOf(attempts);
      for (const attempt of attempts) {
        this.#hear(attempt, lines.get(attempt.rowId) ?? 0);
        this.#after = attempt.id;
      }
      count += attempts.length;
      if (attempts.length > 0) this.#run.pacer.poke();
      if (attempts.length < PAGE) return count;
    }
  }

  /** The run ends before these were tried again: their last failure stands. */
  giveUpWaiting(): void {
    for (const { failure } of this.#open.values()) this.#fail(failure);
    this.#open.clear();
  }

  #hear(attempt: RecordedAttempt, line: number): void {
    const { rowId, downloadType, status, files, bytes } = attempt;
    const { tally, counts, progress, tell } = this.#run;
    const key = keyOf(rowId, downloadType);
    const open = this.#open.get(key);
    tally.brought(downloadType, files, bytes);
    counts.moved(downloadType, open?.failure.status ?? this.#before.get(key) ?? 'pending', status);
    if (status === 'completed') {
      this.#open.delete(key);
      tally.ended(downloadType, null);
      const result = resultOf(attempt);
      tell({ kind: 'completed', rowId, downloadType, result, totals: progress.ended(downloadType) });
      return;
    }
    const failure = failureOf(attempt, status, line);
    const tries = (open?.tries ?? 0) + (status === 'failed' ? 1 : 0);
    if (isHosts(attempt)) {
      this.#open.set(key, { failure, tries });
      tell({ kind: 'waiting', failure, host: hostOf(attempt) });
      return;
    }
    const { errors, options } = this.#run;
    const tried = { rowId, downloadType, link: attempt.link ?? '', attempts: attempt.number, tries };
    const seconds = nextTry(errors, tried, { ...failure, status }, options);
    if (seconds === null) {
      this.#open.delete(key);
      this.#fail(failure);
      return;
    }
    this.#open.set(key, { failure, tries });
    tally.retried(downloadType);
    tell({ kind: 'retrying', failure, attempts: attempt.number, seconds });
  }

  #fail(failure: Failure): void {
    const { tally, progress, tell } = this.#run;
    tally.ended(failure.downloadType, failure);
    tell({ kind: 'failed', failure, totals: progress.ended(failure.downloadType) });
  }

  /** Where the rows of failures stand in the CSV, counted from 1. */
  async #linesOf(attempts: readonly RecordedAttempt[]): Promise<ReadonlyMap<string, number>> {
    const lines = new Map<string, number>();
    const failed = attempts.filter(({ status }) => status !== 'completed');
    if (failed.length === 0) return lines;
    await using snapshot = await this.#run.tracker.snapshot();
    for (const { rowId } of failed) {
      const position = snapshot.index.findRow(rowId);
      if (position >= 0) lines.set(rowId, (await snapshot.readRow(position)).line);
    }
    return lines;
  }
}

/** Whether it waits for its host, which costs it no attempt. Pure. */
function isHosts({ status, cause }: RecordedAttempt): boolean {
  return status === 'pending' && cause !== null && (causeFacts(cause).scope === 'host' || isUnreached(cause));
}

function hostOf({ downloadType }: RecordedAttempt): string {
  return downloadType === 'youtube' ? HOST.youtube : HOST.drive;
}

function failureOf(attempt: RecordedAttempt, status: Failure['status'], line: number): Failure {
  const { rowId, name, downloadType, message, permanent, number: attempts, notBefore } = attempt;
  const cause = attempt.cause ?? 'unknown';
  const { category, nextStep } = causeFacts(cause);
  return {
    rowId,
    name,
    downloadType,
    line,
    status,
    cause,
    category,
    message: message ?? '',
    nextStep,
    permanent,
    attempts,
    notBefore,
  };
}

/** What the download has now, as far as a display shows it. */
function resultOf({
  rowId,
  downloadType,
  type,
  name,
  email,
  mediaIds,
  paths,
}: RecordedAttempt): DownloadResult {
  return new DownloadResult({
    success: true,
    filesDownloaded: paths,
    mediaId: mediaIds.length === 0 ? null : mediaIds.join(','),
    errorMessage: null,
    metadataFile: null,
    rowContext: new RowContext({ rowId, rowIndex: 0, type, name, email }),
    downloadType,
  });
}

function keyOf(rowId: string, downloadType: string): string {
  return `${downloadType} ${rowId}`;
}

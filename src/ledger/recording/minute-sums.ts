import { isAdoption } from '../adoption.ts';
import type { AttemptSum } from '../attempt-totals.ts';
import type { AttemptRecord } from '../ledger.ts';

/** Characters of an ISO time up to its minute. */
const MINUTE_LENGTH = 16;

/** The attempts of one kind within a minute. */
export type MinuteSum = { -readonly [Key in keyof AttemptSum]: AttemptSum[Key] } & {
  readonly minute: string;
};

/** The minute of an ISO time, as sums are kept by it. */
export function minuteOf(time: string): string {
  return time.slice(0, MINUTE_LENGTH);
}

/** Attempts of one transaction, added up by the minute: adding up millions when somebody asks would take seconds. */
export class MinuteSums {
  readonly #sums = new Map<string, MinuteSum>();

  add(
    { downloadType, outcome, startedAt, endedAt, runId }: AttemptRecord,
    files: number,
    bytes: number,
  ): void {
    const minute = minuteOf(endedAt);
    const { status, cause, category } = outcome;
    const key = `${minute} ${downloadType} ${status} ${cause} ${category}`;
    let sum = this.#sums.get(key);
    if (sum === undefined) {
      const none = { attempts: 0, timed: 0, seconds: 0, files: 0, bytes: 0 };
      sum = { minute, downloadType, status, cause: cause ?? '', category: category ?? '', ...none };
      this.#sums.set(key, sum);
    }
    // How long an adoption took says nothing of downloads.
    const isTimed = status === 'completed' && files > 0 && !isAdoption(runId);
    sum.attempts++;
    sum.timed += isTimed ? 1 : 0;
    sum.seconds += isTimed ? secondsBetween(startedAt, endedAt) : 0;
    sum.files += files;
    sum.bytes += bytes;
  }

  values(): readonly MinuteSum[] {
    return [...this.#sums.values()];
  }

  clear(): void {
    this.#sums.clear();
  }
}

function secondsBetween(startedAt: string, endedAt: string): number {
  const milliseconds = Date.parse(endedAt) - Date.parse(startedAt);
  return milliseconds > 0 ? milliseconds / 1000 : 0;
}

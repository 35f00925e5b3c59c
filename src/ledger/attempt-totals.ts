import { DOWNLOAD_TYPES, type DownloadType } from '../row/index.ts';
import type { AttemptTotals } from './history.ts';

/** Attempts of one kind, added up; `cause` and `category` are empty where there is none. */
export interface AttemptSum {
  readonly downloadType: DownloadType;
  readonly status: 'pending' | 'completed' | 'failed';
  readonly cause: string;
  readonly category: string;
  readonly attempts: number;
  /** Of the completed ones those that brought a file, and the seconds that they took together. */
  readonly timed: number;
  readonly seconds: number;
  readonly files: number;
  readonly bytes: number;
}

/** What the sums come to, by download type. */
export function attemptTotals(sums: readonly AttemptSum[]): Readonly<Record<DownloadType, AttemptTotals>> {
  const [youtube, drive] = DOWNLOAD_TYPES.map((type) =>
    totalsOf(sums.filter(({ downloadType }) => downloadType === type)),
  );
  return { youtube: youtube ?? totalsOf([]), drive: drive ?? totalsOf([]) };
}

function totalsOf(sums: readonly AttemptSum[]): AttemptTotals {
  const failed = sums.filter(({ status }) => status === 'failed');
  const timed = add(sums, 'timed');
  return {
    attempts: add(sums, 'attempts'),
    completed: add(
      sums.filter(({ status }) => status === 'completed'),
      'attempts',
    ),
    failed: add(failed, 'attempts'),
    failedByCause: countBy(failed, 'cause'),
    failedByCategory: countBy(failed, 'category'),
    putOffByCause: countBy(
      sums.filter(({ status }) => status === 'pending'),
      'cause',
    ),
    averageSeconds: timed === 0 ? null : add(sums, 'seconds') / timed,
    files: add(sums, 'files'),
    bytes: add(sums, 'bytes'),
  };
}

function add(
  sums: readonly AttemptSum[],
  what: 'attempts' | 'timed' | 'seconds' | 'files' | 'bytes',
): number {
  return sums.reduce((total, sum) => total + sum[what], 0);
}

function countBy(sums: readonly AttemptSum[], key: 'cause' | 'category'): Record<string, number> {
  const counts = new Map<string, number>();
  for (const sum of sums) {
    if (sum[key] !== '') counts.set(sum[key], (counts.get(sum[key]) ?? 0) + sum.attempts);
  }
  return Object.fromEntries(counts);
}

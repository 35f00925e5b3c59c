import { causeFacts, ErrorSeverity } from '../errors/index.ts';
import type { AttemptTotals, FileTotals, Ledger } from '../ledger/index.ts';
import { DOWNLOAD_TYPES, type DownloadType } from '../row/index.ts';
import { DAY_MS } from './units.ts';

type PerType<Fact> = Readonly<Record<DownloadType, Fact>>;

/** What the ledger's own sums tell; asking costs the same with a million rows as with ten. */
export interface LedgerFacts {
  /** Files of the present generations. */
  readonly files: PerType<FileTotals>;
  readonly ever: PerType<AttemptTotals>;
  readonly lastDay: PerType<AttemptTotals>;
}

/** Reads only. @throws RowtrailError when the ledger cannot be read */
export async function ledgerFacts(ledger: Ledger, now: number): Promise<LedgerFacts> {
  const [files, ever, lastDay] = await Promise.all([
    ledger.totals(),
    ledger.attemptsSince(null),
    ledger.attemptsSince(new Date(now - DAY_MS).toISOString()),
  ]);
  return { files, ever, lastDay };
}

/** Attempts that did not succeed for a cause of severity critical, whether they cost an attempt or not. Pure. */
export function criticalAttempts(attempts: PerType<AttemptTotals>): number {
  let critical = 0;
  for (const type of DOWNLOAD_TYPES) {
    const { failedByCause, putOffByCause } = attempts[type];
    for (const [cause, count] of [...Object.entries(failedByCause), ...Object.entries(putOffByCause)])
      if (causeFacts(cause).severity === ErrorSeverity.CRITICAL) critical += count;
  }
  return critical;
}

/** How many attempts failed with a cause. */
export interface CauseCount {
  readonly downloadType: DownloadType;
  /** Key of the table of causes. */
  readonly cause: string;
  readonly category: string;
  readonly attempts: number;
}

/** The most frequent first. Pure. */
export function causeCounts(attempts: PerType<AttemptTotals>): readonly CauseCount[] {
  return DOWNLOAD_TYPES.flatMap((downloadType) =>
    Object.entries(attempts[downloadType].failedByCause).map(([cause, count]) => ({
      downloadType,
      cause,
      category: causeFacts(cause).category,
      attempts: count,
    })),
  ).toSorted((a, b) => b.attempts - a.attempts || (a.cause < b.cause ? -1 : 1));
}

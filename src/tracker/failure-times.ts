import type { TrackerOptions } from './csv-tracker.ts';
import type { FailedDownload } from './list-failures.ts';
import { withTracker } from './open-tracker.ts';

/** When a failed download was tried last, and when trying again makes sense; null where the ledger does not know. */
export interface FailureTimes {
  /** ISO 8601. */
  readonly lastAttempt: string | null;
  readonly notBefore: string | null;
}

/** The times of failed downloads, in the same order. Reads only. */
export function failureTimes(
  csvPath: string,
  failures: readonly Pick<FailedDownload, 'rowId' | 'downloadType'>[],
  options: TrackerOptions = {},
): Promise<FailureTimes[]> {
  return withTracker(
    csvPath,
    async (tracker) => {
      const ledger = await tracker.existingLedger();
      const times: FailureTimes[] = [];
      for (const { rowId, downloadType } of failures) {
        const download = (await ledger?.row(rowId))?.downloads[downloadType];
        times.push({ lastAttempt: download?.lastAttempt ?? null, notBefore: download?.notBefore ?? null });
      }
      return times;
    },
    options,
  );
}

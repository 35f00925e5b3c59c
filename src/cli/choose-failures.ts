import type { DownloadTypeFilter, FailedDownload } from '../index.ts';

/** Which failed downloads are meant; what is not given does not narrow the choice. */
export interface FailureChoice {
  /** None: every row. */
  readonly rowIds: readonly string[];
  readonly type: DownloadTypeFilter;
  readonly category?: string | undefined;
  readonly cause?: string | undefined;
  /** Tried at this time or later (ISO 8601, UTC). */
  readonly since?: string | undefined;
}

/** The failed downloads that every part of the choice fits. Pure. */
export function chooseFailures(
  failures: readonly FailedDownload[],
  { rowIds, type, category, cause, since }: FailureChoice,
): readonly FailedDownload[] {
  const named = new Set(rowIds);
  return failures.filter(
    (failure) =>
      (named.size === 0 || named.has(failure.rowId)) &&
      (type === 'both' || failure.downloadType === type) &&
      (category === undefined || failure.category === category) &&
      (cause === undefined || failure.cause === cause) &&
      (since === undefined || (failure.lastAttempt ?? '') >= since),
  );
}

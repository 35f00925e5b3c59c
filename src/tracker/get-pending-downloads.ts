import type { RowContext } from '../row/index.ts';
import { checkDownloadTypeFilter } from './check-arguments.ts';
import { lendTracker } from './open-tracker.ts';
import { iteratePendingRows, type PendingOptions } from './pending.ts';

/**
 * The rows that need a download, in file order: with a link, and pending, or failed with an attempt left.
 * @throws RowtrailError naming file, line and column when the CSV is not usable.
 */
export async function getPendingDownloads(
  csvPath = 'output.csv',
  options: PendingOptions = {},
): Promise<RowContext[]> {
  return Array.fromAsync(iteratePending(csvPath, options));
}

/** The same as getPendingDownloads, one row at a time, for files of any size. */
export async function* iteratePending(
  csvPath = 'output.csv',
  options: PendingOptions = {},
): AsyncGenerator<RowContext> {
  checkDownloadTypeFilter(options.downloadType);
  await using lent = await lendTracker(csvPath, options);
  await lent.tracker.sync();
  for await (const { row } of iteratePendingRows(lent.tracker, options)) yield row.context;
}

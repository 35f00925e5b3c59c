import { givenOptions } from '../errors/index.ts';
import type { RowContext } from '../row/index.ts';
import { checkDownloadTypeFilter } from './check-arguments.ts';
import { lendTracker } from './open-tracker.ts';
import { pendingContexts, type PendingOptions } from './pending.ts';

/**
 * The rows that need a download, in file order: with a link, and pending, or failed with an attempt left.
 * @throws RowtrailError naming file, line and column when the CSV is not usable.
 */
export async function getPendingDownloads(
  csvPath = 'output.csv',
  options: PendingOptions = {},
): Promise<RowContext[]> {
  const rows: RowContext[] = [];
  for await (const list of pendingLists(csvPath, options)) for (const row of list) rows.push(row);
  return rows;
}

/** The same as getPendingDownloads, one row at a time, for files of any size. */
export async function* iteratePending(
  csvPath = 'output.csv',
  options: PendingOptions = {},
): AsyncGenerator<RowContext> {
  for await (const list of pendingLists(csvPath, options)) yield* list;
}

async function* pendingLists(csvPath: string, given: PendingOptions): AsyncGenerator<readonly RowContext[]> {
  const options = givenOptions(given);
  checkDownloadTypeFilter(options.downloadType);
  await using lent = await lendTracker(csvPath, options);
  await lent.tracker.sync();
  yield* pendingContexts(lent.tracker, options);
}

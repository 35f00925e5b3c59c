import { givenOptions } from '../errors/index.ts';
import { type DownloadTypeFilter, downloadTypesOf, type RowContext } from '../row/index.ts';
import { checkDownloadTypeFilter } from './check-arguments.ts';
import type { TrackerOptions } from './csv-tracker.ts';
import { withStatuses } from './with-statuses.ts';

export interface FailedOptions extends TrackerOptions {
  /** Which downloads to look at (default both; a row is returned once). */
  readonly downloadType?: DownloadTypeFilter;
}

/** The rows with a failed download, in file order. */
export async function getFailedDownloads(
  csvPath = 'output.csv',
  given: FailedOptions = {},
): Promise<RowContext[]> {
  const { downloadType = 'both', ...options } = givenOptions(given);
  checkDownloadTypeFilter(downloadType);
  const types = downloadTypesOf(downloadType);
  return withStatuses(csvPath, options, async ({ snapshot, overlay }) => {
    const failed = (row: number) => types.some((type) => overlay.hasFailed(row, type));
    return (await Array.fromAsync(snapshot.readContexts(failed))).flat();
  });
}

import { type DownloadTypeFilter, downloadTypesOf, type RowContext } from '../row/index.ts';
import { checkDownloadTypeFilter } from './check-arguments.ts';
import type { TrackerOptions } from './csv-tracker.ts';
import { withTracker } from './open-tracker.ts';

export interface FailedOptions extends TrackerOptions {
  /** Which downloads to look at (default both; a row is returned once). */
  readonly downloadType?: DownloadTypeFilter;
}

/** The rows with a failed download, in file order. */
export async function getFailedDownloads(
  csvPath = 'output.csv',
  { downloadType = 'both', ...options }: FailedOptions = {},
): Promise<RowContext[]> {
  checkDownloadTypeFilter(downloadType);
  return withTracker(
    csvPath,
    async (tracker) => {
      await tracker.sync();
      await using snapshot = await tracker.snapshot();
      const overlay = await tracker.overlay(snapshot);
      const failed = (row: number) =>
        downloadTypesOf(downloadType).some(
          (type) => overlay.statusAt(row, type) === 'failed' && snapshot.index.hasLink(row, type),
        );
      return await Array.fromAsync(snapshot.readRows(failed), (row) => row.context);
    },
    options,
  );
}

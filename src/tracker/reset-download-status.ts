import { rowSlices } from '../csv/index.ts';
import { givenOptions, NotInCsvError, RowtrailError } from '../errors/index.ts';
import { type DownloadType, type DownloadTypeFilter, downloadTypesOf } from '../row/index.ts';
import { checkDownloadTypeFilter } from './check-arguments.ts';
import type { CsvTracker, TrackerOptions } from './csv-tracker.ts';
import { withTracker } from './open-tracker.ts';

/**
 * Begins a new generation of a row's download: pending, no attempts, its cells cleared; everything is fetched again. Old
 * files stay until they are replaced, the history stays in the ledger.
 * @returns false for a row_id that the CSV does not have; nothing is written then.
 */
export async function resetDownloadStatus(
  rowId: string,
  downloadType: DownloadTypeFilter,
  csvPath = 'output.csv',
  options: TrackerOptions = {},
): Promise<boolean> {
  // There is no default: what is to be fetched again has to be said.
  checkDownloadTypeFilter(downloadType ?? null);
  return withTracker(
    csvPath,
    async (tracker) => {
      const [known] = await tracker.reset([String(rowId)], downloadTypesOf(downloadType));
      if (known === undefined) return false;
      await tracker.projectRow(known);
      return true;
    },
    options,
  );
}

export interface ResetOptions extends TrackerOptions {
  readonly downloadType?: DownloadTypeFilter;
}

/**
 * Resets many rows with one write-back.
 * @param chosen row_ids, or `failed` for the rows with a failed download, or `all`.
 * @returns the row_ids that were reset.
 */
export async function resetDownloads(
  chosen: readonly string[] | 'failed' | 'all',
  csvPath = 'output.csv',
  given: ResetOptions = {},
): Promise<readonly string[]> {
  const { downloadType = 'both', ...options } = givenOptions(given);
  checkDownloadTypeFilter(downloadType);
  const types = downloadTypesOf(downloadType);
  return withTracker(
    csvPath,
    async (tracker) => {
      await tracker.sync();
      const known: string[] = [];
      if (typeof chosen !== 'string') known.push(...(await tracker.reset(chosen, types)));
      else {
        for (const type of types)
          known.push(...(await tracker.reset(await rowIdsToReset(tracker, chosen, type), [type])));
      }
      if (known.length > 0) await projectReset(tracker);
      return [...new Set(known)];
    },
    options,
  );
}

/** @throws NotInCsvError when the CSV cannot be written: the reset is recorded, the next write-back makes it good. */
async function projectReset(tracker: CsvTracker): Promise<void> {
  try {
    await tracker.project();
  } catch (error) {
    if (!(error instanceof RowtrailError)) throw error;
    throw new NotInCsvError(error.code, `the reset is recorded, but not in the CSV yet: ${error.message}`, {
      error,
    });
  }
}

/** A download that has not been tried is left alone: resetting it would change nothing but the ledger's size. */
async function rowIdsToReset(
  tracker: CsvTracker,
  chosen: 'failed' | 'all',
  type: DownloadType,
): Promise<string[]> {
  await using snapshot = await tracker.snapshot();
  const overlay = await tracker.overlay(snapshot);
  const rowIds: string[] = [];
  for await (const { from, to } of rowSlices(snapshot.index.rowCount))
    for (let row = from; row < to; row++) {
      const { status, inLedger } = overlay.at(row, type);
      const tried = inLedger || status === 'completed' || status === 'failed';
      if (chosen === 'failed' ? status === 'failed' : tried) rowIds.push(snapshot.index.rowIdOf(row));
    }
  return rowIds;
}

import type { CsvRow } from '../csv/index.ts';
import { type DownloadType, type DownloadTypeFilter, downloadTypesOf } from '../row/index.ts';
import type { CsvTracker, TrackerOptions } from './csv-tracker.ts';
import { attemptsInCell } from './rebuild.ts';
import type { EffectiveStatus, StatusOverlay } from './status-overlay.ts';

export interface PendingOptions extends TrackerOptions {
  /** Which downloads to look at (default both; a row is returned once). */
  readonly downloadType?: DownloadTypeFilter;
  /** Whether failed downloads that may be tried again count as pending (default true). */
  readonly includeFailed?: boolean;
  /** Attempts after which a download is given up (default 3). */
  readonly retryAttempts?: number;
}

/** A row with the downloads that it still needs. */
export interface PendingRow {
  readonly row: CsvRow;
  readonly needs: readonly DownloadType[];
}

export async function* iteratePendingRows(
  tracker: CsvTracker,
  options: PendingOptions,
): AsyncGenerator<PendingRow> {
  await using snapshot = await tracker.snapshot();
  const { index } = snapshot;
  const overlay = await tracker.overlay(snapshot);
  const types = downloadTypesOf(options.downloadType ?? 'both');
  const mayNeed = (row: number) =>
    types.some(
      (type) =>
        index.hasLink(row, type) && !index.isTooLong(row) && overlay.at(row, type).status !== 'completed',
    );
  for await (const row of snapshot.readRows(mayNeed)) {
    const needs = types.filter(
      (type) => row.links[type] !== '' && isPending(stateOf(row, type, overlay), options),
    );
    if (needs.length > 0) yield { row, needs };
  }
}

/** One download's state; of a failed one that the ledger does not know, attempts and verdict are read from the row's own cells. */
export function stateOf(row: CsvRow, type: DownloadType, overlay: StatusOverlay): EffectiveStatus {
  const state = overlay.at(row.index, type);
  if (state.inLedger || state.status !== 'failed') return state;
  return { ...state, ...attemptsInCell(row, type) };
}

/** Whether a download with a link is to be tried (again). */
export function isPending(
  { status, attempts, permanent }: EffectiveStatus,
  { includeFailed = true, retryAttempts = 3 }: PendingOptions,
): boolean {
  if (status === 'completed') return false;
  if (status !== 'failed') return true;
  return includeFailed && !permanent && attempts < retryAttempts;
}

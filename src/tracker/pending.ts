import type { CsvRow, CsvSnapshot } from '../csv/index.ts';
import {
  type DownloadType,
  type DownloadTypeFilter,
  downloadTypesOf,
  type RowContext,
} from '../row/index.ts';
import type { CsvTracker, TrackerOptions } from './csv-tracker.ts';
import { attemptsInCell } from './rebuild/cells.ts';
import type { EffectiveStatus, StatusOverlay } from './status-overlay.ts';

export interface PendingOptions extends TrackerOptions {
  /** Which downloads to look at (default both; a row is returned once). */
  readonly downloadType?: DownloadTypeFilter;
  /** Whether failed downloads that may be tried again count as pending (default true). */
  readonly includeFailed?: boolean;
  /** Attempts after which a download is given up (default 3). */
  readonly retryAttempts?: number;
}

/**
 * The rows that need a download, a list at a time. Only a failed row that the ledger does not know has to be read whole:
 * its own cells tell how often it was tried.
 */
export async function* pendingContexts(
  tracker: CsvTracker,
  options: PendingOptions,
): AsyncGenerator<readonly RowContext[]> {
  await using snapshot = await tracker.snapshot();
  const { index } = snapshot;
  const overlay = await tracker.overlay(snapshot);
  const types = downloadTypesOf(options.downloadType ?? 'both');
  const { includeFailed = true } = options;
  const unsure: number[] = [];
  const isOpen = (row: number, type: DownloadType): boolean => {
    if (!index.hasLink(row, type)) return false;
    const status = overlay.statusAt(row, type);
    if (status !== 'failed') return status !== 'completed';
    if (!includeFailed) return false;
    const state = overlay.at(row, type);
    if (!state.inLedger) unsure.push(row);
    return !state.inLedger || isPending(state, options);
  };
  const mayNeed = (row: number) => {
    if (index.isTooLong(row)) return false;
    let open = false;
    for (const type of types) open = isOpen(row, type) || open;
    return open;
  };
  for await (const contexts of snapshot.readContexts(mayNeed)) {
    const whole = unsure.splice(0);
    if (whole.length === 0) yield contexts;
    else {
      const given = await givenUp(snapshot, whole, types, overlay, options);
      yield contexts.filter(({ rowIndex }) => !given.has(rowIndex));
    }
  }
}

/** Of these rows those that need nothing any more, by what their own cells say. */
async function givenUp(
  snapshot: CsvSnapshot,
  rows: readonly number[],
  types: readonly DownloadType[],
  overlay: StatusOverlay,
  options: PendingOptions,
): Promise<Set<number>> {
  const given = new Set<number>();
  for await (const row of snapshot.readRows([...new Set(rows)])) {
    const open = types.some(
      (type) => row.links[type] !== '' && isPending(stateOf(row, type, overlay), options),
    );
    if (!open) given.add(row.index);
  }
  return given;
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

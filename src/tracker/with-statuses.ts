import type { CsvSnapshot } from '../csv/index.ts';
import type { CsvTracker, TrackerOptions } from './csv-tracker.ts';
import { withTracker } from './open-tracker.ts';
import type { StatusOverlay } from './status-overlay.ts';

/** One state of the CSV with the ledger's statuses laid over it. */
export interface Statuses {
  readonly tracker: CsvTracker;
  readonly snapshot: CsvSnapshot;
  readonly overlay: StatusOverlay;
}

/** Brings CSV and ledger together, and gives a piece of work the outcome to read. */
export async function withStatuses<Result>(
  csvPath: string,
  options: TrackerOptions,
  work: (statuses: Statuses) => Promise<Result>,
): Promise<Result> {
  return withTracker(
    csvPath,
    async (tracker) => {
      await tracker.sync();
      await using snapshot = await tracker.snapshot();
      return await work({ tracker, snapshot, overlay: await tracker.overlay(snapshot) });
    },
    options,
  );
}

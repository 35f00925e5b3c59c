import type { TrackerOptions } from './csv-tracker.ts';
import { withTracker } from './open-tracker.ts';

/**
 * Adds the tracking columns that are missing, at the end of the header, with `pending` where a row has a link. No other
 * byte changes; the file is replaced in one step.
 * @returns true when the file was changed, false when it had them all.
 * @throws RowtrailError naming file, line and column when the CSV is not usable; then nothing is written.
 */
export async function ensureTrackingColumns(
  csvPath = 'output.csv',
  options: TrackerOptions = {},
): Promise<boolean> {
  return withTracker(csvPath, (tracker) => tracker.ensureColumns(), options);
}

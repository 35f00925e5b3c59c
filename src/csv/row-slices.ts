import { setImmediate } from 'node:timers/promises';

/** Rows looked at without a pause: two milliseconds of work in code that was not compiled yet. */
const ROWS_PER_SLICE = 5000;

/** All positions of so many rows, in slices between which other work has its turn. */
export async function* rowSlices(
  rowCount: number,
): AsyncGenerator<{ readonly from: number; readonly to: number }, void, undefined> {
  for (let from = 0; from < rowCount; from += ROWS_PER_SLICE) {
    if (from > 0) await setImmediate();
    yield { from, to: Math.min(from + ROWS_PER_SLICE, rowCount) };
  }
}

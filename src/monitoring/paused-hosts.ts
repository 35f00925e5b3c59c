import { type HostPause, readPauses } from '../hosts/index.ts';
import { type TrackerOptions, withTracker } from '../tracker/index.ts';

export interface PausedHostsOptions extends TrackerOptions {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * The hosts that turn us away, or cannot be reached, by what the last run of a CSV met; pauses that are over are left out. They
 * say why and what to do. A new run tries at once all the same.
 * @throws RowtrailError where there is no such CSV
 */
export async function getPausedHosts(
  csvPath = 'output.csv',
  { now = Date.now, ...tracking }: PausedHostsOptions = {},
): Promise<readonly HostPause[]> {
  return withTracker(csvPath, ({ place }) => readPauses(place.pausedHosts, now()), tracking);
}

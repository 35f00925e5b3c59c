import {
  type Clock,
  forwardClock,
  type HostStore,
  localHostStore,
  postgresHostStore,
} from '../hosts/index.ts';
import type { CsvTracker } from '../tracker/index.ts';

/** Where pace, places and pauses of hosts are kept. */
export interface HostLimits extends AsyncDisposable {
  readonly clock: Clock;
  readonly store: HostStore;
}

/** The limits of hosts: in the store, where there is one, so that they hold for all machines together; else of this run alone. */
export async function hostLimits(tracker: CsvTracker, runClock: Clock): Promise<HostLimits> {
  const clock = forwardClock(runClock);
  const database = await tracker.storeDatabase();
  if (database === null)
    return { clock, store: localHostStore(), [Symbol.asyncDispose]: () => Promise.resolve() };
  const store = postgresHostStore({ database, clock });
  return { clock, store, [Symbol.asyncDispose]: () => store.close() };
}

import {
  type Clock,
  type HostDatabase,
  forwardClock,
  type HostStore,
  localHostStore,
  postgresHostStore,
} from '../../hosts/index.ts';
import type { StoreDatabase } from '../../ledger/index.ts';

/** Where pace, places and pauses of hosts are kept. */
export interface HostLimits extends AsyncDisposable {
  readonly clock: Clock;
  readonly store: HostStore;
}

/**
 * The limits of hosts: in the store, where there is one, so that they hold for all machines together; else of this run alone.
 * @param database null where there is no store
 */
export function hostLimits(database: StoreDatabase | null, runClock: Clock): HostLimits {
  const clock = forwardClock(runClock);
  if (database === null)
    return { clock, store: localHostStore(), [Symbol.asyncDispose]: () => Promise.resolve() };
  return sharedLimits({ database }, clock);
}

/** Those of all machines that share a store. @param clock that goes forward only */
export function sharedLimits({ database }: { readonly database: HostDatabase }, clock: Clock): HostLimits {
  const store = postgresHostStore({ database, clock });
  return { clock, store, [Symbol.asyncDispose]: () => store.close() };
}

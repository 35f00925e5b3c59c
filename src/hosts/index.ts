export { type Clock, systemClock } from './clock.ts';
export { forwardClock } from './forward-clock.ts';
export { HOST, type HostPolicy, type Pace, policies } from './host-policy.ts';
export {
  type EnterOptions,
  type Host,
  type HostEvent,
  type HostPause,
  type Hosts,
  type HostsOptions,
  openHosts,
  processHosts,
  type Turn,
} from './hosts.ts';
export { type HostStore, localHostStore } from './host-store.ts';
export { lendTurns } from './lend-turn.ts';
export { readPauses, writePauses } from './pauses-file.ts';
export { pausedFailure } from './paused-failure.ts';
export { isUnreached, type TurnFailure } from './word-of.ts';
export type { HostDatabase } from './postgres/host-database.ts';
export { postgresHostStore, type SharedHostStore } from './postgres/postgres-host-store.ts';

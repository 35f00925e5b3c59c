export { forwardClock } from './forward-clock.ts';
export { type Clock, HostGate, type HostGateOptions, type HostPause, systemClock } from './host-gate.ts';

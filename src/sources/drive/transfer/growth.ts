import { LEAST_SHARE } from './stretches.ts';

/** Of a transfer that is over sooner than that, more connections would save nothing. */
const SECONDS_WORTH_IT = 1;

/** A connection as fast as that (bytes a second) is not slow. */
const FAST = 8 << 20;

/** How many times as many connections are tried; where those that there are would take so many seconds, at once as many as help. */
const STEP = 4;
const SECONDS_WORTH_ALL = 5;

/** How much faster it must have become (times) for more of them to be tried. */
const LEAST_GAIN = 1.3;

/** What a transfer does at the moment. */
export interface Speed {
  readonly connections: number;
  /** Of all of them together. */
  readonly bytesPerSecond: number;
}

export interface GrowthFacts {
  readonly now: Speed;
  /** Before connections were last added; null when none were. */
  readonly before: Speed | null;
  readonly missingBytes: number;
  /** As many as this host gives room for. */
  readonly most: number;
}

/**
 * How many connections a transfer is to have: more of them as long as one is slow, much is left, and the last ones
 * brought speed. A host that limits each connection is used in full that way, and a line that is full already gets no
 * more of them.
 */
export function connectionsWanted({ now, before, missingBytes, most }: GrowthFacts): number {
  const { connections, bytesPerSecond } = now;
  const seconds = bytesPerSecond > 0 ? missingBytes / bytesPerSecond : 0;
  if (seconds < SECONDS_WORTH_IT) return connections;
  if (bytesPerSecond / connections > FAST || broughtNothing(now, before)) return connections;
  const useful = Math.floor(missingBytes / LEAST_SHARE);
  const next = seconds < SECONDS_WORTH_ALL ? connections * STEP : Infinity;
  return Math.max(connections, Math.min(next, most, useful));
}

/** Whether the connections that were added last did not make it faster. */
export function broughtNothing(now: Speed, before: Speed | null): boolean {
  return before !== null && now.bytesPerSecond < before.bytesPerSecond * LEAST_GAIN;
}

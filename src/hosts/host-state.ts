/** Why and how long a host is left alone. */
export interface Pause {
  /** Whether the host turned us away, or could not be reached at all. */
  readonly reason: 'refused' | 'unreachable';
  /** A key of errors/causes.ts. */
  readonly cause: string;
  /** What was met, as a sentence; may hold foreign text. */
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
}

/** A turn that was given and has not ended. */
export interface OpenTurn {
  readonly id: string;
  /** What it is taken for, e.g. an item's id: three different ones that cannot reach their host are an outage. */
  readonly work: string;
  /** How many pauses there had been when it was given: what it says of the host is that old. */
  readonly epoch: number;
  /** Whether it is the one that tries whether a pause is over. */
  readonly isProbe: boolean;
  /** Milliseconds since 1970: when it may begin, and when the host answered; null where it has not, or nobody said so. */
  readonly startsAt: number;
  readonly answeredAt: number | null;
}

/** How long turns take, in milliseconds; the latest ones count most. */
export interface Durations {
  /** Until the host answers, when nothing else holds it up: the least, which rises slowly where no turn is that quick any more. */
  readonly asking: number;
  /** From beginning to end, on average; 0 before the first. */
  readonly whole: number;
}

/** All that is known of a host. Plain data, so that it can be kept anywhere. */
export interface HostState {
  readonly pause: Pause | null;
  /** Pauses that have begun. */
  readonly epoch: number;
  /** Pauses since the host last answered. */
  readonly refusals: number;
  /** Whether the host was ever reached: then an outage may pass, else something is wrong on our side. */
  readonly wasReached: boolean;
  /** Work that did not reach the host since it last answered. */
  readonly unreached: readonly string[];
  readonly turns: readonly OpenTurn[];
  /** Milliseconds since 1970 before which no turn begins. */
  readonly nextStart: number;
  /** Milliseconds between starts at least, because the host asked us to slow down; 0 when it did not. */
  readonly slowed: number;
  /** Of turns whose answer was told. */
  readonly durations: Durations;
}

export const FRESH: HostState = {
  pause: null,
  epoch: 0,
  refusals: 0,
  wasReached: false,
  unreached: [],
  turns: [],
  nextStart: 0,
  slowed: 0,
  durations: { asking: 0, whole: 0 },
};

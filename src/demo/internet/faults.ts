import { countUse } from './scripted.ts';

/** What goes wrong on the way, whatever the answer is. */
export interface Fault {
  /** Milliseconds before the answer begins. */
  readonly latencyMs?: number;
  /** The answer begins once this is settled. */
  readonly until?: Promise<unknown>;
  /** Bytes of body a second, for each connection. */
  readonly bytesPerSecond?: number;
  /** The connection is closed after so many bytes of the body. */
  readonly cutAfterBytes?: number;
  /** The status of an error that is answered instead, such as 403, 429 or 503. */
  readonly status?: number;
  /** The Retry-After header of that error: seconds, or an HTTP date. */
  readonly retryAfter?: number | string;
  /** The reason that error gives, in JSON as Google's APIs do, such as `userRateLimitExceeded`; without it, a page. */
  readonly reason?: string;
  /** The reason in that error's details, which says more than the first one, such as `API_KEY_HTTP_REFERRER_BLOCKED`. */
  readonly detail?: string;
  /** Only the first requests meet this fault; without it, all do. */
  readonly times?: number;
}

/** Uses each fault once and lays them over each other; later ones win. */
export function takeFaults(...faults: readonly (Fault | undefined)[]): Fault {
  return Object.assign({}, ...faults.filter((fault) => fault && strikes(fault)));
}

function strikes(fault: Fault): boolean {
  return fault.times === undefined || countUse(fault) <= fault.times;
}

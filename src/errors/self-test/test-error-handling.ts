import { type Cause, CAUSES } from '../causes.ts';
import { ErrorCategory as C } from '../error-category.ts';
import { ErrorHandler } from '../error-handler.ts';
import { RowtrailError } from '../rowtrail-error.ts';
import { PROVOCATIONS, type Provocation } from './provocations.ts';

/** What was expected of one error, and what came of it. */
export interface ErrorHandlingCheck {
  readonly cause: Cause;
  /** The error that was made, in words. */
  readonly made: string;
  readonly expected: {
    readonly cause: Cause;
    readonly retried: boolean;
    /** Seconds; no delay may be longer. */
    readonly longestDelay: number;
  };
  readonly got: {
    readonly cause: Cause;
    readonly retried: boolean;
    /** Seconds before the second, third, ... attempt. */
    readonly delays: readonly number[];
  };
  readonly ok: boolean;
}

/** Attempts whose delays are looked at: beyond the last one nothing grows any more. */
const ATTEMPTS = [1, 2, 3, 4, 5, 6, 7, 1000, 1_000_000_000];
/** Seconds, by the API reference's "Delay Strategies". */
const CAPS: Readonly<Partial<Record<C, number>>> = { [C.RATE_LIMIT]: 60, [C.NETWORK]: 30 };
const LONGEST_DELAY = 3600;

/**
 * Makes errors as the platform makes them, and one of our own for each cause of the table, and passes them through
 * classification, retry decision and delay. Touches no file, host or program.
 */
export function testErrorHandling(): ErrorHandlingCheck[] {
  const own = (Object.keys(CAUSES) as Cause[]).map((cause) => ({
    cause,
    made: `RowtrailError ${cause}`,
    make: () => new RowtrailError(cause, 'made for a test'),
  }));
  return [...PROVOCATIONS, ...own].map((provocation) => check(provocation));
}

/** One provocation, passed through a handler of its own. */
export function check({ cause, made, make }: Provocation): ErrorHandlingCheck {
  const handler = new ErrorHandler();
  const context = handler.handleError(make());
  const { category, verdict } = CAUSES[cause];
  const expected = {
    cause,
    retried: verdict === 'again' || category === C.RATE_LIMIT,
    longestDelay: CAPS[category] ?? LONGEST_DELAY,
  };
  const got = {
    cause: context.cause,
    retried: handler.shouldRetry(context, 1),
    delays: ATTEMPTS.map((attempt) => handler.getRetryDelay(context, attempt)),
  };
  const delaysFit = got.delays.every(
    (delay, at) => delay > 0 && delay <= expected.longestDelay && delay >= (got.delays[at - 1] ?? 0),
  );
  const stops = !handler.shouldRetry(context, 3, 3);
  const ok = got.cause === expected.cause && got.retried === expected.retried && delaysFit && stops;
  return { cause, made, expected, got, ok };
}

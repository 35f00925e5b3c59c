import { randomUUID } from 'node:crypto';
import type { Cause } from './causes.ts';
import type { ErrorCategory, ErrorSeverity } from './error-category.ts';
import { type ErrorContext, type ErrorOrigin, toErrorContext } from './error-context.ts';
import { mayRetry, retryDelay } from './retry-policy.ts';
import type { RuleFacts } from './retry-rule.ts';

export interface ErrorHandlerOptions {
  readonly clock?: () => Date;
  /** Makes unique ids; random UUIDs by default. */
  readonly newId?: () => string;
}

/** How many errors were handled, in all and by kind; a kind that did not occur is not listed. */
export interface ErrorCounts {
  readonly total: number;
  readonly byCategory: Readonly<Partial<Record<ErrorCategory, number>>>;
  readonly bySeverity: Readonly<Partial<Record<ErrorSeverity, number>>>;
  readonly byCause: Readonly<Partial<Record<Cause, number>>>;
}

/** Contexts that are kept. */
const RECENT = 100;

/** Handles and categorises errors, and decides on retries (API reference). It keeps counts and the newest errors in memory only. */
export class ErrorHandler {
  readonly #clock: () => Date;
  readonly #newId: () => string;
  readonly #recent: ErrorContext[] = [];
  #total = 0;
  readonly #byCategory: Partial<Record<ErrorCategory, number>> = {};
  readonly #bySeverity: Partial<Record<ErrorSeverity, number>> = {};
  readonly #byCause: Partial<Record<Cause, number>> = {};

  constructor({ clock = () => new Date(), newId = randomUUID }: ErrorHandlerOptions = {}) {
    this.#clock = clock;
    this.#newId = newId;
  }

  /** The context of any thrown value, which is counted and kept among the recent ones. Never throws. */
  handleError(error: unknown, origin: ErrorOrigin = {}): ErrorContext {
    const context = toErrorContext(error, origin, this.#clock, this.#newId);
    this.#total++;
    count(this.#byCategory, context.category);
    count(this.#bySeverity, context.severity);
    count(this.#byCause, context.cause);
    this.#recent.push(context);
    if (this.#recent.length > RECENT) this.#recent.shift();
    return context;
  }

  /**
   * Whether to try again within this run (docs/errors.md, "Retry"): network and rate limits yes; file and system errors once,
   * unless critical; everything else, and every error with the verdict `never`, no.
   * @param attemptCount attempts made so far: 1 after the first failure
   * @param maxAttempts attempts allowed in all
   */
  shouldRetry(context: RuleFacts, attemptCount: number, maxAttempts = 3): boolean {
    return mayRetry(context, attemptCount, maxAttempts);
  }

  /**
   * Seconds to wait before the next attempt, without jitter: rate limits double up to 60, the network grows up to 30, others
   * grow evenly. Finite and positive for every number.
   * @param attemptCount attempts made so far: 1 after the first failure, and less counts as 1
   */
  getRetryDelay(context: Pick<RuleFacts, 'category'>, attemptCount: number): number {
    return retryDelay(context, attemptCount);
  }

  /** What was handled since the handler was made. */
  get counts(): ErrorCounts {
    return {
      total: this.#total,
      byCategory: { ...this.#byCategory },
      bySeverity: { ...this.#bySeverity },
      byCause: { ...this.#byCause },
    };
  }

  /** The newest errors, at most 100, the newest first. */
  get recentErrors(): readonly ErrorContext[] {
    return this.#recent.toReversed();
  }
}

function count<Kind extends string>(counts: Partial<Record<Kind, number>>, kind: Kind): void {
  counts[kind] = (counts[kind] ?? 0) + 1;
}

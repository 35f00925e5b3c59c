import { type ErrorCategory, ErrorSeverity } from './error-category.ts';
import type { Remedy } from './remedies.ts';
import { retryRule, type RetryRule, type Verdict } from './retry-rule.ts';

/** What is known about a cause, wherever it occurs. */
export interface CauseFacts {
  readonly category: ErrorCategory;
  readonly severity: ErrorSeverity;
  /** What the next run does. */
  readonly verdict: Verdict;
  /** What this run does, and how its waits grow: follows from category, severity and verdict. */
  readonly retry: RetryRule;
  /** `host`: the host refuses us as a whole, whichever row asks; its rows lose no attempt and it is paused. */
  readonly scope: 'item' | 'host';
  /** Which group of causes it belongs to that are mended in the same way. */
  readonly remedy: Remedy;
  /** How it is recognised, in words. */
  readonly recognisedBy: string;
  /** What the person does next, in plain words. */
  readonly nextStep: string;
}

/** A cause's entry in the table; severity is `error` and scope `item` unless said. */
export function facts(
  given: Omit<CauseFacts, 'severity' | 'scope' | 'retry'> & Partial<Pick<CauseFacts, 'severity' | 'scope'>>,
): CauseFacts {
  const known = { severity: ErrorSeverity.ERROR, scope: 'item', ...given } as const;
  return { ...known, retry: retryRule(known) };
}

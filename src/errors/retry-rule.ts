import { ErrorCategory as C, ErrorSeverity as S } from './error-category.ts';

/** Trying again costs an attempt; later costs none; never waits for a reset, a changed link or new credentials. */
export type Verdict = 'again' | 'later' | 'never';

/**
 * Whether a run itself may try again, and how: not at all; once; or until the attempts are used up, after waits that grow
 * step by step (`progressive`) or double (`exponential`).
 */
export type RetryRule = 'no' | 'once' | 'progressive' | 'exponential';

/** What the rule is decided by. Without a verdict, category and severity alone decide. */
export interface RuleFacts {
  readonly category: C;
  readonly severity: S;
  readonly verdict?: Verdict | undefined;
}

/**
 * The rule of the API reference ("Retry Logic"). A verdict narrows what the category allows and never widens it; only a rate limit is
 * waited for within a run although its verdict is `later`, because waiting costs the row no attempt.
 */
export function retryRule({ category, severity, verdict = 'again' }: RuleFacts): RetryRule {
  if (severity === S.CRITICAL || verdict === 'never') return 'no';
  if (category === C.RATE_LIMIT) return 'exponential';
  if (verdict === 'later') return 'no';
  if (category === C.NETWORK) return 'progressive';
  return category === C.FILE_IO || category === C.SYSTEM ? 'once' : 'no';
}

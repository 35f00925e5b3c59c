import { ErrorCategory as C } from './error-category.ts';
import { retryRule, type RuleFacts } from './retry-rule.ts';

/** Seconds. A rate limit waits 2, 4, 8, 16, 32, then 60; the network 5, 10, ... 30; everything else 2, 4, 6, ... */
const EXPONENTIAL_BASE = 2;
const EXPONENTIAL_CAP = 60;
const PROGRESSIVE_STEP = 5;
const PROGRESSIVE_CAP = 30;
const LINEAR_STEP = 2;
/** Nobody waits longer for a retry, however many there were. */
const LINEAR_CAP = 3600;

/** Whether to try again now, see {@link retryRule}. Pure. @param attempts made so far: 1 after the first failure */
export function mayRetry(failure: RuleFacts, attempts: number, maxAttempts: number): boolean {
  if (!(attempts < maxAttempts)) return false;
  const rule = retryRule(failure);
  return rule === 'once' ? attempts <= 1 : rule !== 'no';
}

/**
 * Seconds to wait before the next attempt: finite and positive for every number. Pure: jitter and Retry-After belong to
 * whoever waits. @param attempts made so far; less than 1 counts as 1
 */
export function retryDelay({ category }: Pick<RuleFacts, 'category'>, attempts: number): number {
  const made = attempts >= 1 ? Math.min(Math.floor(attempts), LINEAR_CAP) : 1;
  if (category === C.RATE_LIMIT) return Math.min(EXPONENTIAL_BASE ** made, EXPONENTIAL_CAP);
  if (category === C.NETWORK) return Math.min(PROGRESSIVE_STEP * made, PROGRESSIVE_CAP);
  return Math.min(LINEAR_STEP * made, LINEAR_CAP);
}

import { RowtrailError } from '../../../errors/index.ts';

/** A host that asks for more is not believed. */
const LONGEST_WAIT_MS = 7 * 24 * 3600 * 1000;

/** Drive gives a file out again about a day after too many people fetched it. */
const QUOTA_MS = 24 * 3600 * 1000;

/** A quota that is used up, with the time at which the file may be had again. @param sentence what it is the quota of */
export function quotaFailure(sentence: string, detail: string, now: Date): RowtrailError {
  const notBefore = new Date(now.getTime() + QUOTA_MS).toISOString();
  const shown = `${notBefore.slice(0, 16).replace('T', ' ')} UTC`;
  return new RowtrailError('quota_exceeded', `${sentence}: again in about a day, at ${shown}`, {
    detail,
    notBefore,
  });
}

/** The values of a header that was repeated; the comma behind a date's day of the week belongs to it. */
const VALUES = /(?:\s*(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,)?[^,]+/gi;

/**
 * The time that a Retry-After header (seconds or a date) names, as ISO 8601; the latest where it was sent more than once. Undefined for
 * none or one in the past.
 */
export function retryAfter(header: string | undefined, now: Date): string | undefined {
  const waits = (header?.match(VALUES) ?? []).map((value) => waitMs(value.trim(), now));
  const longest = Math.max(...waits.filter((wait) => wait > 0));
  if (!(longest > 0)) return undefined;
  return new Date(now.getTime() + Math.min(longest, LONGEST_WAIT_MS)).toISOString();
}

/** Milliseconds; NaN for what is no time. */
function waitMs(value: string, now: Date): number {
  return /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now.getTime();
}

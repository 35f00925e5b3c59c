import type { ItemFailure } from '../../row/index.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const UNITS: Readonly<Record<string, number>> = {
  second: 1000,
  minute: MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 30 * DAY_MS,
  year: 365 * DAY_MS,
};

/** Where YouTube names no time: a premiere that begins any moment, a recording that is still being processed. */
const UNNAMED_MS = HOUR_MS;
/** Broadcasts are moved: what is further away is asked for again once a week. */
const LONGEST_MS = 7 * DAY_MS;

const TIME = /\bin (?:(\d{1,4})|an?) (second|minute|hour|day|week|month|year)s?\b/i;

/**
 * What is yet to come, with the time at which it may be had, as far as YouTube's words tell: "in 2 hours" is the whole hours until then. Pure.
 * @param words of YouTube, without an end
 */
export function upcomingFailure(words: string, now: Date): ItemFailure {
  const [, count = '1', unit = ''] = TIME.exec(words) ?? [];
  const wait = Number(count) * (UNITS[unit.toLowerCase()] ?? UNNAMED_MS);
  const notBefore = new Date(now.getTime() + Math.min(wait, LONGEST_MS)).toISOString();
  const shown = `${notBefore.slice(0, 16).replace('T', ' ')} UTC`;
  return { cause: 'upcoming', message: `${words.replace(/\.$/, '')}: again at ${shown}`, notBefore };
}

import type { MetricSample } from '../history.ts';

/** How long samples are kept (milliseconds): 30 days. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

/** The time before which samples go once this one is there. */
export function keptSince({ at }: MetricSample): string {
  return new Date(Date.parse(at) - KEPT_MS).toISOString();
}

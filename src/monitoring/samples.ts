import type { MetricSample } from '../ledger/index.ts';

/**
 * Samples that can be believed, oldest first, one for each time: those of the future come from a clock that has been set
 * back since, and one without a time tells nothing. Pure.
 * @param now milliseconds since 1970
 */
export function validSamples(samples: readonly MetricSample[], now: number): readonly MetricSample[] {
  const byTime = new Map<number, MetricSample>();
  for (const sample of samples) {
    const at = Date.parse(sample.at);
    if (at <= now) byTime.set(at, sample);
  }
  return [...byTime].toSorted(([a], [b]) => a - b).map(([, sample]) => sample);
}

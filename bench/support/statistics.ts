/** Samples in brief. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

/** @throws RangeError when there are none. */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((one, other) => one - other);
  const [min] = sorted;
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) throw new RangeError('no samples');
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? min;
  const high = sorted[Math.floor(middle)] ?? max;
  return { median: (low + high) / 2, min, max, count: sorted.length };
}

/** Samples of two sources under the same names, one behind the other. */
export function pooled(
  one: Readonly<Record<string, readonly number[]>>,
  other: Readonly<Record<string, readonly number[]>>,
): Record<string, readonly number[]> {
  const all: Record<string, readonly number[]> = { ...one };
  for (const [name, samples] of Object.entries(other)) all[name] = [...(all[name] ?? []), ...samples];
  return all;
}

const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** Numbers as a line of blocks, the smallest lowest and the largest highest; all the same is a flat line. Pure. */
export function sparkline(values: readonly number[]): string {
  const least = values.reduce((low, value) => Math.min(low, value), Infinity);
  const most = values.reduce((high, value) => Math.max(high, value), -Infinity);
  const top = LEVELS.length - 1;
  return values
    .map((value) => (most === least ? 0 : Math.round(((value - least) / (most - least)) * top)))
    .map((level) => LEVELS[level] ?? LEVELS[0])
    .join('');
}

/** At most so many of the values, spread evenly, the first and the last among them. Pure. */
export function thinned(values: readonly number[], most: number): readonly number[] {
  if (values.length <= most) return values;
  if (most < 2) return values.slice(-most);
  return Array.from(
    { length: most },
    (_, at) => values[Math.round((at * (values.length - 1)) / (most - 1))] ?? 0,
  );
}

/** Bytes of a file, from `start` up to and without `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The same bytes as ranges in order that neither touch nor overlap. */
export function merged(ranges: readonly Range[]): readonly Range[] {
  const result: Range[] = [];
  for (const range of ranges.filter(({ start, end }) => end > start).toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last === undefined || last.end < range.start) result.push(range);
    else result[result.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
  }
  return result;
}

/** What merged ranges leave of a file's first `size` bytes. */
export function gapsOf(ranges: readonly Range[], size: number): readonly Range[] {
  const starts = [0, ...ranges.map(({ end }) => end)];
  const ends = [...ranges.map(({ start }) => start), size];
  return starts.flatMap((start, i) => {
    const end = Math.min(ends[i] ?? size, size);
    return end > start ? [{ start, end }] : [];
  });
}

/** How many bytes from the first on are there without a gap, in merged ranges. */
export function frontOf([first]: readonly Range[]): number {
  return first?.start === 0 ? first.end : 0;
}

export function bytesIn(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0);
}

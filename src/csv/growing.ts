/**
 * Room for a list that has to hold `needed` entries after `fraction` of the file was read: what the whole file will
 * need at this rate, and a little more, so that a large index is hardly ever copied nor half empty.
 */
export function grown(needed: number, fraction: number): number {
  const expected = fraction > 0 ? Math.ceil((needed / fraction) * 1.03) : 0;
  return Math.max(Math.ceil(needed * 1.2), Math.min(expected, needed * 64)) + 256;
}

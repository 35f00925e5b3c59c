const NONE = { failed: 'Nothing has failed.', all: 'Nothing has been tried.' } as const;

/** @param chosen what was to be reset, where it was not named row by row */
export function renderReset(
  rowIds: readonly string[],
  chosen?: readonly string[] | keyof typeof NONE,
): string {
  if (rowIds.length === 0 && typeof chosen === 'string') return NONE[chosen];
  return `${rowIds.length} ${rowIds.length === 1 ? 'row is' : 'rows are'} pending again.`;
}

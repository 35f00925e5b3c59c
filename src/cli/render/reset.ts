export function renderReset(rowIds: readonly string[]): string {
  return `${rowIds.length} ${rowIds.length === 1 ? 'row is' : 'rows are'} pending again.`;
}

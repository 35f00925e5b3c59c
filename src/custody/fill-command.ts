/**
 * A command of the remedies with the person's own CSV and rows in it, ready for a shell.
 * @param rowIds none: the command keeps its ROW_ID
 */
export function fillCommand(command: string, csvPath: string, rowIds: readonly string[]): string {
  const withCsv = command.replace('CSV', () => shellWord(csvPath));
  return rowIds.length === 0 ? withCsv : withCsv.replace('ROW_ID', () => rowWords(rowIds));
}

/** A row_id is no path: one that looks like an option stands behind the sign that no option follows. */
function rowWords(rowIds: readonly string[]): string {
  const words = rowIds.map(quoted).join(' ');
  return rowIds.some((rowId) => rowId.startsWith('-')) ? `-- ${words}` : words;
}

/** A word that a shell takes as it is, never for an option. */
function shellWord(text: string): string {
  if (text.startsWith('-')) return shellWord(`./${text}`);
  return quoted(text);
}

function quoted(text: string): string {
  return /^[\w./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A command of the remedies with the person's own CSV and row in it, ready for a shell. */
export function filledIn(command: string, csvPath: string, rowId: string): string {
  return command.replace('CSV', () => shellWord(csvPath)).replace('ROW_ID', () => rowWord(rowId));
}

/** A row_id is no path: one that looks like an option stands behind the sign that no option follows. */
function rowWord(rowId: string): string {
  return rowId.startsWith('-') ? `-- ${quoted(rowId)}` : shellWord(rowId);
}

/** A word that a shell takes as it is, never for an option. */
function shellWord(text: string): string {
  if (text.startsWith('-')) return shellWord(`./${text}`);
  return quoted(text);
}

function quoted(text: string): string {
  return /^[\w./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

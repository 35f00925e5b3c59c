/** A command of the remedies with the person's own CSV and row in it, ready for a shell. */
export function filledIn(command: string, csvPath: string, rowId: string): string {
  return command.replace('CSV', () => shellWord(csvPath)).replace('ROW_ID', () => shellWord(rowId));
}

/** A word that a shell takes as it is, never for an option. */
function shellWord(text: string): string {
  if (text.startsWith('-')) return shellWord(`./${text}`);
  return /^[\w./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A command of rowtrail on a CSV, ready to paste into a shell. Pure. */
export function commandFor(name: string, csvPath: string, ...rest: readonly string[]): string {
  return ['rowtrail', name, quoted(csvPath), ...rest].join(' ');
}

function quoted(path: string): string {
  // A path that begins with a dash would be taken for an option.
  const plain = path.startsWith('-') ? `./${path}` : path;
  return /^[\p{L}\p{N}_./:@%+=,-]+$/u.test(plain) ? plain : `'${plain.replaceAll("'", String.raw`'\''`)}'`;
}

import { wrapText } from './render/wrap.ts';
import { safe, say, type Terminal } from './terminal.ts';

/** A warning on stderr, broken to fit. */
export function warn(text: string, terminal: Terminal): void {
  const { err, width } = terminal;
  say(
    terminal,
    wrapText(`${err.yellow('warning:')} ${safe(text)}`, { width: width.err, indent: ' '.repeat(9) }),
  );
}

/** Warns of row_ids that the CSV does not have. */
export function warnOfUnknown(rowIds: readonly string[], csvPath: string, terminal: Terminal): void {
  for (const rowId of rowIds) warn(`${csvPath} has no row ${rowId}`, terminal);
}

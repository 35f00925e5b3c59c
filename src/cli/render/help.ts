import type { Help } from 'commander';
import { safe } from '../terminal.ts';
import { wrapText } from './wrap.ts';

/** Columns that a description needs at least to stand beside what it describes. */
export const MIN_COLUMN = 24;
const DEFAULT_WIDTH = 80;
const INDENT = '  ';

/** One line of a list in help; on a narrow terminal the description stands below. */
export function formatItem(term: string, termWidth: number, description: string, helper: Help): string {
  const width = helper.helpWidth ?? DEFAULT_WIDTH;
  const column = INDENT.length + termWidth + INDENT.length;
  if (description === '') return `${INDENT}${term}`;
  if (width - column < MIN_COLUMN) {
    const below = INDENT.repeat(3);
    return `${INDENT}${term}\n${wrapText(`${below}${description}`, { width, indent: below })}`;
  }
  const padded = `${INDENT}${term}${' '.repeat(column - INDENT.length - helper.displayWidth(term))}`;
  return wrapText(`${padded}${description}`, { width, indent: ' '.repeat(column) });
}

/** What commander says of a mistake, without what somebody else's words may do to a terminal. */
export function errorText(text: string, width: number): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => wrapText(safe(line), { width, indent: ' '.repeat(7) }))
    .join('\n');
}

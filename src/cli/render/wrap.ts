import { safe } from '../terminal.ts';
import { textWidth } from './text-width.ts';

/**
 * Breaks a line between words where it is wider than the terminal. A word is never cut, so that paths and links can be
 * copied; colours may stand in the text.
 * @param width in columns; Infinity leaves the line as it is.
 * @param indent what the following lines begin with.
 */
export function wrapText(
  text: string,
  { width, indent = '' }: { readonly width: number; readonly indent?: string },
): string {
  if (width === Infinity) return text;
  const lead = /^ */.exec(text)?.[0] ?? '';
  const lines: string[] = [];
  let line = lead;
  let empty = true;
  for (const word of text.slice(lead.length).split(' ')) {
    const longer = empty ? line + word : `${line} ${word}`;
    if (!empty && textWidth(longer) > width) {
      lines.push(line.trimEnd());
      line = indent + word;
    } else line = longer;
    empty = false;
  }
  return [...lines, line].join('\n');
}

/** A command broken between words, as a shell reads it when it is pasted. */
export function wrapCommand(command: string, width: number): string {
  if (textWidth(command) <= width) return command;
  const lead = /^ */.exec(command)?.[0] ?? '';
  return wrapText(command, { width: width - CONTINUED.length, indent: `${lead}  ` }).replaceAll(
    '\n',
    `${CONTINUED}\n`,
  );
}

const CONTINUED = ' \\';

/** A text made safe and, where it is longer than anybody reads, cut to so many columns; it may be of any length. */
export function brief(text: string, most: number): string {
  // What a character takes in UTF-16, and marks and escapes around it: looking at more would cost time for nothing.
  const looked = text.length > 8 * most ? text.slice(0, 8 * most).toWellFormed() : text;
  return looked.length > most ? cutToWidth(looked, most) : safe(looked);
}

/** A text cut to a width of the terminal. */
export function cutToWidth(text: string, width: number): string {
  const clean = safe(text);
  if (textWidth(clean) <= width) return clean;
  let cut = '';
  for (const { segment } of new Intl.Segmenter().segment(clean)) {
    if (textWidth(cut + segment) > width - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}

/** A text filled up with spaces to a width of the terminal. */
export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(width - textWidth(text), 0));
}

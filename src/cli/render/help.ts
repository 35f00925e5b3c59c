import type { Command, Help, Option } from 'commander';
import { safe } from '../terminal.ts';
import { wrapText } from './wrap.ts';

/** Columns that a description needs at least to stand beside what it describes. */
export const MIN_COLUMN = 24;
const DEFAULT_WIDTH = 80;
const MOST_CHOICES = 10;
/** As wide as `Usage: `. */
const USAGE = ' '.repeat(7);
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

/** Values are said in the description where they are few; completion offers all of them. */
export function optionDescription({ description, argChoices = [] }: Option): string {
  const isSaid = argChoices.every((name) => description.includes(name));
  return isSaid || argChoices.length > MOST_CHOICES
    ? description
    : `${description}: ${argChoices.join(', ')}`;
}

/** A command with its arguments; that it has options is no news. */
export function subcommandTerm(command: Command): string {
  const words = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...words].join(' ');
}

/** Behind `Usage: `. */
export function usageText(usage: string, width: number): string {
  return wrapText(`${USAGE}${usage}`, { width, indent: USAGE }).trimStart();
}

/** What commander says of a mistake, without what somebody else's words may do to a terminal. */
export function errorText(text: string, width: number): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => wrapText(safe(line), { width, indent: ' '.repeat(7) }))
    .join('\n');
}

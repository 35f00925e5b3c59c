import { RowtrailError } from '../index.ts';
import { type CommandContext, type CommandOptions, ExitCode } from './command.ts';
import { jsonObjectParts, jsonParts } from './snake-case.ts';
import { printParts } from './terminal.ts';

/** What one flag of a front door answers. */
export interface Answer {
  /** A list may come item by item, in place of an array. */
  readonly json: unknown;
  /** Whole, or in parts. */
  readonly text: string | AsyncIterable<string>;
  /** When it is not 0. */
  readonly code?: number;
}

/** A flag that asks for something, and what it does. */
export interface Question {
  /** As commander keeps the option: `resetStatus`. */
  readonly flag: string;
  readonly answer: (value: unknown) => Answer | Promise<Answer>;
}

/**
 * Does what the flags ask for, in the order of the list, not of the command line. As JSON one flag gives what the command of
 * today gives; several give an object with a key for each flag. Without any: help, as wrong usage.
 * @param others flags that only say how, and ask for nothing by themselves
 * @returns the gravest exit code
 */
export async function answerAll(
  context: CommandContext,
  options: CommandOptions,
  questions: readonly Question[],
  others: readonly string[] = [],
): Promise<number> {
  const asked = questions.filter(({ flag }) => options[flag] !== undefined && options[flag] !== false);
  if (asked.length === 0) {
    const lonely = others.find((flag) => options[flag] !== undefined);
    if (lonely !== undefined)
      throw new RowtrailError(
        'usage',
        `${optionName(lonely)} asks for nothing by itself; give ${questions.map(({ flag }) => optionName(flag)).join(' or ')} with it`,
      );
    context.showHelp();
    return ExitCode.USAGE;
  }
  const answers: (Answer & { readonly flag: string })[] = [];
  for (const { flag, answer } of asked) answers.push({ flag, ...(await answer(options[flag])) });
  const [first] = answers;
  const json =
    answers.length === 1
      ? jsonParts(first?.json)
      : jsonObjectParts(answers.map((each) => [each.flag, each.json] as const));
  await printParts(context.terminal, options['json'] === true ? json : texts(answers));
  return Math.max(...answers.map(({ code = ExitCode.DONE }) => code));
}

/** One below the other, with an empty line between. */
async function* texts(answers: readonly Answer[]): AsyncGenerator<string, void, undefined> {
  for (const [at, { text }] of answers.entries()) {
    if (at > 0) yield '\n\n';
    if (typeof text === 'string') yield text;
    else yield* text;
  }
}

function optionName(flag: string): string {
  return `--${flag.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

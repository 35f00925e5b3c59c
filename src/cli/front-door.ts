import { RowtrailError } from '../index.ts';
import { type CommandContext, type CommandOptions, ExitCode } from './command.ts';
import { jsonText } from './snake-case.ts';
import { print } from './terminal.ts';

/** What one flag of a front door answers. */
export interface Answer {
  readonly json: unknown;
  readonly text: string;
  /** When it is not 0. */
  readonly code?: number;
}

/** A flag that asks for something, and what it does. */
export interface Question {
  /** As commander keeps the option: `resetStatus`. */
  readonly flag: string;
  readonly answer: (value: unknown) => Promise<Answer>;
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
    answers.length === 1 ? first?.json : Object.fromEntries(answers.map((each) => [each.flag, each.json]));
  print(
    context.terminal,
    options['json'] === true ? jsonText(json) : answers.map(({ text }) => text).join('\n\n'),
  );
  return Math.max(...answers.map(({ code = ExitCode.DONE }) => code));
}

function optionName(flag: string): string {
  return `--${flag.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

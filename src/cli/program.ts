import { Argument, Command } from 'commander';
import { choiceArgument } from './choice.ts';
import type { CliCommand, CommandContext } from './command.ts';
import { COMMAND_GROUPS } from './commands/index.ts';
import { openNotes } from './notes.ts';
import {
  errorText,
  formatItem,
  MIN_COLUMN,
  optionDescription,
  subcommandTerm,
  usageText,
} from './render/help.ts';
import { wrapCommand } from './render/wrap.ts';
import { reachStorage, withFolders } from './settings/output.ts';
import { loadSettings } from './settings/load-settings.ts';
import { version } from './version.ts';
import { warn } from './warn.ts';

/** The world that a command runs in, as it stands before one was chosen. */
type Outside = Omit<CommandContext, 'settings' | 'origins' | 'onNote' | 'showHelp' | 'program'>;

/** What is known of the command that ran, or is running. */
export interface CommandOutcome {
  code: number;
  /** Whether it ends by itself when the signal fires. */
  heedsSignal: boolean;
  /** Whether the command says itself what a signal does. */
  tellsStop?: boolean;
}

/** The table of commands as a commander program. The exit code of the command that ran is put into `outcome`. */
export function buildProgram(context: Outside, outcome: CommandOutcome): Command {
  const { terminal } = context;
  const program = new Command('rowtrail')
    .description(
      'Downloads what the rows of a CSV link to (YouTube, Google Drive), writes the status back into the same CSV, and never loses which row a file belongs to.',
    )
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .addHelpCommand(helpCommand())
    .enablePositionalOptions()
    .showHelpAfterError('Try --help.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
      getOutHelpWidth: () => helpWidth(terminal.width.out),
      getErrHelpWidth: () => helpWidth(terminal.width.err),
      outputError: (text, write) => write(`${errorText(text, terminal.width.err)}\n`),
    })
    .configureHelp({
      formatItem,
      optionDescription,
      subcommandTerm,
      styleUsage: (usage) => usageText(usage, terminal.width.out),
      minWidthToWrap: MIN_COLUMN,
    })
    .addHelpText('after', '\nStart with: rowtrail run people.csv');
  for (const { heading, commands } of COMMAND_GROUPS)
    for (const command of commands) add(program, command, context, outcome).helpGroup(heading);
  return program;
}

/** What people try first in a program that they do not know. */
function helpCommand(): Command {
  return new Command('help')
    .argument('[command]')
    .helpOption(false)
    .description('Show the help of a command')
    .helpGroup('This machine:');
}

function add(
  program: Command,
  {
    name,
    summary,
    usesLedger = false,
    args = [],
    examples,
    options,
    heedsSignal = false,
    tellsStop = false,
    run,
  }: CliCommand,
  context: Outside,
  outcome: CommandOutcome,
): Command {
  const command = program
    .command(name)
    .summary(summary)
    .description(summary)
    .helpOption('-h, --help', 'show this help')
    .allowExcessArguments(false)
    .copyInheritedSettings(program)
    .addHelpText('after', ({ error }) => {
      const width = helpWidth(error ? context.terminal.width.err : context.terminal.width.out);
      return `\nExamples:\n${examples.map((example) => wrapCommand(`  ${example}`, width)).join('\n')}`;
    });
  for (const [notation, description, choices] of args)
    command.addArgument(
      choices === undefined
        ? new Argument(notation, description)
        : choiceArgument(notation, description, choices),
    );
  options?.(command);
  if (usesLedger)
    command.option('--store <url>', 'the PostgreSQL database that holds the ledger (better: ROWTRAIL_STORE)');
  answerVersion(command);
  command.option('--json', 'print the result as JSON').option('--verbose', 'show where an error happened');
  command.action(async (...given: unknown[]) => {
    const flags = command.opts();
    const {
      settings: loaded,
      origins,
      warnings,
    } = await loadSettings(settingsGiven(command), context.env, context.cwd);
    const settings = withFolders(loaded);
    reachStorage(settings, process.env);
    for (const warning of warnings) warn(warning, context.terminal);
    const positional = given.slice(0, args.length) as (string | readonly string[] | undefined)[];
    outcome.heedsSignal = heedsSignal;
    outcome.tellsStop = tellsStop;
    const notes = openNotes(context.terminal);
    try {
      const showHelp = () => command.outputHelp({ error: true });
      outcome.code = await run(
        { ...context, settings, origins, onNote: notes.onNote, showHelp, program },
        positional,
        flags,
      );
    } finally {
      notes.close();
    }
  });
  return command;
}

/** `--version` is answered behind a command's name as well, where it means nothing else there. */
function answerVersion(command: Command): void {
  if (command.options.some(({ long }) => long === '--version')) return;
  command.version(version, '--version', 'print the version');
  command.options.find(({ long }) => long === '--version')?.hideHelp();
}

const HELP_WIDTH = 100;

function helpWidth(width: number): number {
  return Math.min(width, HELP_WIDTH);
}

/** What was typed, by setting name; commander's own defaults must not outweigh the environment or the file. */
function settingsGiven(command: Command): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(command.opts())
      .filter(([key]) => command.getOptionValueSource(key) === 'cli')
      .map(([key, value]) => [key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
}

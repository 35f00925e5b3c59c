import type { Command } from 'commander';
import type { NoteLines } from './notes.ts';
import type { SettingOrigin } from './settings/load-settings.ts';
import type { Settings } from './settings/schema.ts';
import type { Terminal } from './terminal.ts';

/** What every command is given besides its own arguments. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly settings: Settings;
  /** Where the settings come from that are not the defaults. */
  readonly origins: Readonly<Record<string, SettingOrigin>>;
  /** Fires on Ctrl-C, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** To be passed to every call that opens a CSV: shows what the person should hear. */
  readonly onNote: NoteLines['onNote'];
  /** Shows the command's help on stderr, for a call that asks for nothing. */
  readonly showHelp: () => void;
  /** All commands with their flags, for shells to complete. */
  readonly program: Command;
}

/** One command as data: the table of them makes help, completion and the exit codes. */
export interface CliCommand {
  readonly name: string;
  readonly summary: string;
  /** Whether it opens a ledger, which may be in a store. */
  readonly usesLedger?: boolean;
  /** Arguments in commander's notation: `[csv]`, `<file>`, `[row_ids...]`; and the values that there are, where they are few. */
  readonly args?: readonly (readonly [notation: string, description: string, choices?: readonly string[]])[];
  readonly examples: readonly string[];
  /** Adds the command's own options. */
  readonly options?: (command: Command) => void;
  /** Whether it stops by itself when the context's signal fires; the others can be ended at any moment. */
  readonly heedsSignal?: boolean;
  /** Whether it says itself what happens then; the others have it said that transfers end and the CSV is written. */
  readonly tellsStop?: boolean;
  /** @returns the exit code. */
  readonly run: (
    context: CommandContext,
    args: readonly (string | readonly string[] | undefined)[],
    options: CommandOptions,
  ) => Promise<number>;
}

export type CommandOptions = Readonly<Record<string, unknown>>;

/** What a command ends with. */
export const ExitCode = {
  DONE: 0,
  ERROR: 1,
  USAGE: 2,
  /** Some row that this run tried, or had to leave undone, is not completed. */
  INCOMPLETE: 3,
  /** A check found something, or a search found nothing. */
  FOUND: 4,
  INTERRUPTED: 130,
} as const;

import type { Command, Option } from 'commander';

/** What a shell offers for a value: these words, or files of a kind; null where it has nothing to offer. */
export type Values =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'files' | 'folders' | 'csv' }
  | null;

export interface CompletedFlag {
  /** With its dashes. */
  readonly name: string;
  readonly description: string;
  /** `no`: a switch; `may`: its value can be left out. */
  readonly takesValue: 'no' | 'may' | 'must';
  readonly values: Values;
}

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly CompletedFlag[];
  /** Of what stands behind the command's name. */
  readonly argument: Values;
}

/** What shells complete, from the commands as they are parsed. */
export function completedCommands(program: Command): readonly CompletedCommand[] {
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    flags: [...command.options.map(flagOf), HELP],
    argument: argumentOf(command),
  }));
}

const HELP: CompletedFlag = {
  name: '--help',
  description: 'show this help',
  takesValue: 'no',
  values: null,
};

function flagOf(option: Option): CompletedFlag {
  const [, value = ''] = /[<[]([\w.]+)[\]>]/.exec(option.flags) ?? [];
  return {
    name: option.long ?? option.flags,
    description: option.description,
    takesValue: option.required ? 'must' : option.optional ? 'may' : 'no',
    values: option.argChoices ? { kind: 'words', words: option.argChoices } : valuesFor(value),
  };
}

function argumentOf(command: Command): Values {
  const [argument] = command.registeredArguments;
  if (argument === undefined) return null;
  return argument.argChoices ? { kind: 'words', words: argument.argChoices } : valuesFor(argument.name());
}

/** By the name that help shows for a value. */
function valuesFor(name: string): Values {
  switch (name) {
    case 'file':
    case 'path':
      return { kind: 'files' };
    case 'dir':
      return { kind: 'folders' };
    case 'csv':
    case 'row_ids':
      return { kind: 'csv' };
    default:
      return null;
  }
}

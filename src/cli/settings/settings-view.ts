import type { Command } from 'commander';
import { version } from '../version.ts';
import type { CommandContext } from '../command.ts';
import { DEFAULT_VALUES } from './default-values.ts';
import { ENVIRONMENT_ONLY, schema, SECRET } from './schema.ts';

const HIDDEN = '(set, not shown)';

/** Every setting, what it is and where from, for somebody to look at; no secret is in it. @param csvPath the CSV that was opened */
export function settingsView({ settings, origins, program }: CommandContext, csvPath: string) {
  const help = helpOf(program);
  return {
    version,
    settings: (Object.keys(schema.shape) as (keyof typeof settings)[]).map((name) => {
      const value = settings[name];
      const isSecret = SECRET.has(name) || ENVIRONMENT_ONLY.has(name) || name === 'google_credentials';
      return {
        name,
        value:
          name === 'csv'
            ? csvPath
            : value === undefined
              ? DEFAULT_VALUES[name]
              : isSecret
                ? HIDDEN
                : textOf(name, value),
        origin: origins[name] ?? (name === 'csv' ? 'argument' : 'default'),
        help: help.get(name) ?? '',
      };
    }),
  };
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  // The settings that are numbers of milliseconds.
  if (typeof value === 'number' && (name === 'max_wait' || name === 'pace')) return `${value / 1000} s`;
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value.join(', ');
  return JSON.stringify(value);
}

/** What the flags of the same name say of themselves. */
function helpOf(program: Command): ReadonlyMap<string, string> {
  const commands = program.commands.filter((each) => ['run', 'serve'].includes(each.name()));
  return new Map(
    commands.flatMap(({ options }) =>
      options.map((option) => [
        option.attributeName().replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        option.description,
      ]),
    ),
  );
}

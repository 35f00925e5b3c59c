import type { Command } from 'commander';
import { version } from '../version.ts';
import type { CommandContext } from '../command.ts';
import { ENVIRONMENT_ONLY, schema, SECRET } from './schema.ts';

const HIDDEN = '(set, not shown)';

/** Every setting, what it is and where from, for somebody to look at; no secret is in it. */
export function settingsView({ settings, origins, program }: CommandContext) {
  const help = helpOf(program);
  return {
    version,
    settings: Object.keys(schema.shape).map((name) => {
      const value: unknown = settings[name as keyof typeof settings];
      const isSecret = SECRET.has(name) || ENVIRONMENT_ONLY.has(name) || name === 'google_credentials';
      const text = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
      return {
        name,
        value: isSecret && value !== undefined ? HIDDEN : text,
        origin: origins[name] ?? 'default',
        help: help.get(name) ?? '',
      };
    }),
  };
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

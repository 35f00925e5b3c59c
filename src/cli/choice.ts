import { Argument, InvalidArgumentError, Option } from 'commander';
import { nearestName } from '../index.ts';

/** An option with a closed list of values; a value that is not in it is refused with the one that was probably meant. */
export function choice(flags: string, description: string, names: readonly string[]): Option {
  return new Option(flags, description).choices(names).argParser((value: string) => chosen(value, names));
}

/** The same for an argument. */
export function choiceArgument(notation: string, description: string, names: readonly string[]): Argument {
  return new Argument(notation, description)
    .choices(names)
    .argParser((value: string) => chosen(value, names));
}

function chosen(value: string, names: readonly string[]): string {
  if (names.includes(value)) return value;
  const meant = nearestName(value, names);
  const hint = meant === null ? '' : ` Did you mean ${meant}?`;
  throw new InvalidArgumentError(`Allowed choices are ${names.join(', ')}.${hint}`);
}

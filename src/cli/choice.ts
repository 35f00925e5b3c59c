import { InvalidArgumentError, Option } from 'commander';
import { nearestName } from '../index.ts';

/** An option with a closed list of values; a value that is not in it is refused with the one that was probably meant. */
export function choice(flags: string, description: string, names: readonly string[]): Option {
  return new Option(flags, description).choices(names).argParser((value: string) => {
    if (names.includes(value)) return value;
    const meant = nearestName(value, names);
    const hint = meant === null ? '' : ` Did you mean ${meant}?`;
    throw new InvalidArgumentError(`Allowed choices are ${names.join(', ')}.${hint}`);
  });
}

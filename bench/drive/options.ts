import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { COLUMNS } from './columns.ts';

export interface DriveBenchOptions {
  /** Names of the columns to measure. */
  readonly columns: readonly string[];
  /** A tenth of the work, one round, and nothing written to results/. */
  readonly quick: boolean;
  /** How often each side has its turn. */
  readonly rounds: number;
  /** Whether the results are kept. */
  readonly keep: boolean;
  /** A folder with room for what all sides fetch: about 27 GB in three rounds. */
  readonly folder: string;
}

export const DRIVE_USAGE = `npm run bench -- drive [options]
  --columns ${COLUMNS.map(({ name }) => name).join(',')}   what to measure
  --quick        a tenth of the work, one round, nothing kept
  --rounds 3     turns of each side, which alternate
  --no-keep      print the results only
  --folder DIR   where files are fetched to, with room for 27 GB in three rounds (default: the system's temporary folder)`;

/** @throws TypeError for an unknown option; RangeError for a value that is none */
export function readDriveOptions(args: readonly string[]): DriveBenchOptions {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      columns: { type: 'string' },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      keep: { type: 'boolean', default: true },
      folder: { type: 'string', default: tmpdir() },
    },
  });
  const names = COLUMNS.map(({ name }) => name);
  const columns = values.columns?.split(',') ?? names;
  const unknown = columns.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new RangeError(`There is no column '${unknown}': ${names.join(', ')}`);
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new RangeError(`Not a number of rounds: ${values.rounds}`);
  return { columns, quick: values.quick, rounds, keep: values.keep, folder: resolve(values.folder) };
}

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface DashboardBenchOptions {
  readonly rows: number;
  /** How often the server is started anew in each situation. */
  readonly rounds: number;
  /** Whether the results are kept. */
  readonly keep: boolean;
  /** Where the CSVs stand, which are made where they are missing and then kept; null: a temporary folder. */
  readonly folder: string | null;
  /** Only make the CSVs. */
  readonly onlyMake: boolean;
}

export const DASHBOARD_USAGE = `npm run bench -- dashboard [options]
  --rows 1000000   rows of the table
  --quick          20,000 rows, one round, nothing kept
  --rounds 3       starts of the server in each situation
  --no-keep        print the results only
  --folder DIR     where the CSVs stand; made where they are missing, and left there (default: a temporary folder)
  --make           only make them: a million results are recorded for one of them, which takes some minutes`;

/** @throws TypeError for an unknown option; RangeError for a number that is none */
export function readDashboardOptions(args: readonly string[]): DashboardBenchOptions {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      rows: { type: 'string' },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      keep: { type: 'boolean', default: true },
      folder: { type: 'string' },
      make: { type: 'boolean', default: false },
    },
  });
  return {
    rows: positive(values.rows ?? (values.quick ? '20000' : '1000000')),
    rounds: positive(values.rounds ?? (values.quick ? '1' : '3')),
    keep: values.keep && !values.quick,
    folder: values.folder === undefined ? null : resolve(values.folder),
    onlyMake: values.make,
  };
}

function positive(given: string): number {
  const number = Number(given);
  if (!Number.isSafeInteger(number) || number < 1) throw new RangeError(`Not a number of rows: ${given}`);
  return number;
}

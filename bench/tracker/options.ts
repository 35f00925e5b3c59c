import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Sizes of the CSVs. */
  readonly rows: readonly number[];
  /** One round with few tries, and nothing written to results/. */
  readonly quick: boolean;
  /** How often each probe is run, alternating with the baseline. */
  readonly rounds: number;
  /** Whether a run of a million rows is measured whole even when it takes longer than it should. */
  readonly wholeRun: boolean;
  /** Names of the probes that are measured, alone and without the baseline, nothing written to results/; null for all. */
  readonly only: ReadonlySet<string> | null;
  /** A folder with room for six copies of the largest CSV. */
  readonly folder: string;
  /** A folder in which `@duckdb/node-api` is installed. */
  readonly duckdb: string;
}

/** The probes of one size; `Worked` and `Saved` begin with what a run left. */
const PROBE_NAMES: readonly string[] = [
  ...['scan', 'columns', 'update', 'processes', 'durable', 'grouped', 'burst', 'pending', 'pendingBoth'],
  ...['pendingArray', 'summary', 'run', 'runByDefault', 'commandRun'],
  ...['pendingWorked', 'summaryWorked', 'summarySaved', 'updateWorked'],
];

export const USAGE = `npm run bench -- tracker [options]
  --rows 1000,100000,1000000   sizes to measure
  --quick                      1,000 and 20,000 rows, one round, nothing kept
  --rounds 3                   repetitions, alternating with the baseline
  --whole-run                  measure a large run to its end, however long it takes
  --only run,pendingWorked     these probes alone, without a baseline, nothing kept; there are
                               ${PROBE_NAMES.join(', ')}
  --folder DIR                 where the CSVs are made (default: the system's temporary folder)
  --duckdb DIR                 where @duckdb/node-api is installed (default: here, if it is)

npm run bench -- profile PROBE [--rows 100000] [--count N] [--after run|save]
  where a probe's time goes, by function and line`;

const ROWS = [1000, 100_000, 1_000_000];
const QUICK_ROWS = [1000, 20_000];

/** @throws TypeError for an unknown option; RangeError for a number that is none */
export function readTrackerOptions(args: readonly string[], root: string): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string' },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      'whole-run': { type: 'boolean', default: false },
      only: { type: 'string' },
      folder: { type: 'string', default: tmpdir() },
      duckdb: { type: 'string', default: root },
    },
  });
  return {
    rows: values.rows?.split(',').map(positive) ?? (values.quick ? QUICK_ROWS : ROWS),
    quick: values.quick,
    rounds: values.rounds === undefined ? (values.quick ? 1 : 3) : positive(values.rounds),
    wholeRun: values['whole-run'],
    only: values.only === undefined ? null : new Set(values.only.split(',').map(probeName)),
    folder: resolve(values.folder),
    duckdb: resolve(values.duckdb),
  };
}

export interface ProfileOptions {
  readonly probe: string;
  readonly rows: number;
  readonly count: number;
  /** On a CSV that a run has gone through, or that somebody has saved after that; null for a new one. */
  readonly after: 'run' | 'save' | null;
}

const PROFILE_ROWS = 100_000;
const PROFILE_COUNT = 20;

export function readProfileOptions(args: readonly string[]): ProfileOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rows: { type: 'string' },
      count: { type: 'string' },
      after: { type: 'string' },
    },
  });
  const [probe] = positionals;
  if (probe === undefined) throw new TypeError('which probe?');
  const after = values.after ?? null;
  if (after !== null && after !== 'run' && after !== 'save') throw new TypeError(`after what? ${after}`);
  return {
    probe,
    rows: values.rows === undefined ? PROFILE_ROWS : positive(values.rows),
    count: values.count === undefined ? PROFILE_COUNT : positive(values.count),
    after,
  };
}

function probeName(name: string): string {
  if (!PROBE_NAMES.includes(name))
    throw new RangeError(`no probe ${name}; there are ${PROBE_NAMES.join(', ')}`);
  return name;
}

function positive(text: string): number {
  const number = Number(text.replaceAll('_', ''));
  if (!Number.isSafeInteger(number) || number < 1) throw new RangeError(`not a number of anything: ${text}`);
  return number;
}

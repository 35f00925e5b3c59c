import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';

const PARTS = ['enqueue', 'record', 'work'] as const;
export type Part = (typeof PARTS)[number];

export interface WorkersOptions {
  /** What is measured; what is left out stays in results/ as it was. */
  readonly parts: ReadonlySet<Part>;
  /** Rows of the CSV that is enqueued. */
  readonly rows: number;
  /** Results that are recorded, and jobs that are worked off, in each measurement. */
  readonly count: number;
  readonly rounds: number;
  /** Whether the results are kept in results/. */
  readonly isKept: boolean;
  /** Where the CSV is made. */
  readonly folder: string;
}

export const WORKERS_USAGE = `npm run bench -- workers [options]
  --quick                      20,000 rows, 10,000 jobs, one round, printed and not kept
  --only enqueue,work          these parts alone: ${PARTS.join(', ')}; the results of the others stay
  --rounds 3                   repetitions of what is recorded and worked off
  --folder DIR                 where the CSV is made (default: the system's temporary folder)`;

/** @throws TypeError for an unknown option; RangeError for a part or a number that is none */
export function readWorkersOptions(args: readonly string[]): WorkersOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: PARTS.join(',') },
      rounds: { type: 'string' },
      folder: { type: 'string', default: tmpdir() },
    },
  });
  const parts = values.only.split(',').map((name) => {
    const part = PARTS.find((each) => each === name);
    if (part === undefined) throw new RangeError(`--only knows ${PARTS.join(', ')}, not '${name}'`);
    return part;
  });
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
  if (!Number.isSafeInteger(rounds) || rounds < 1) throw new RangeError('--rounds wants a number from 1');
  return {
    parts: new Set(parts),
    rows: values.quick ? 20_000 : 1_000_000,
    count: values.quick ? 10_000 : 40_000,
    rounds,
    isKept: !values.quick,
    folder: values.folder,
  };
}

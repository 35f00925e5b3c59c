import { type Spread, spreadOf } from '../support/statistics.ts';
import type { Part } from './options.ts';

/** A line of the report. */
export interface Line {
  readonly part: Part;
  readonly what: string;
  readonly unit: string;
  readonly spread: Spread;
  /** What the median, or the worst sample, must reach; null where nothing is demanded. */
  readonly must: {
    readonly limit: number;
    readonly is: 'least' | 'most';
    readonly of: 'median' | 'worst';
  } | null;
  readonly met: boolean | null;
}

interface Measure {
  readonly part: Part;
  /** The name of its samples. */
  readonly samples: string;
  readonly what: string;
  readonly unit: string;
  readonly must?: NonNullable<Line['must']>;
}

const worst = (limit: number): NonNullable<Line['must']> => ({ limit, is: 'most', of: 'worst' });
const least = (limit: number): NonNullable<Line['must']> => ({ limit, is: 'least', of: 'median' });
const LOOP = 'longest block of the event loop';

export const PROCESSES: readonly number[] = [1, 2, 4];

const MEASURES: readonly Measure[] = [
  { part: 'enqueue', samples: 'rows', what: 'rows of the CSV', unit: '' },
  { part: 'enqueue', samples: 'jobs', what: 'downloads of them, each a job', unit: '' },
  { part: 'enqueue', samples: 'seconds', what: 'all enqueued', unit: 's', must: worst(120) },
  { part: 'enqueue', samples: 'perSecond', what: 'jobs enqueued', unit: 'per second' },
  { part: 'enqueue', samples: 'peakMb', what: 'peak memory', unit: 'MB', must: worst(300) },
  { part: 'enqueue', samples: 'blockMs', what: LOOP, unit: 'ms' },
  {
    part: 'enqueue',
    samples: 'bytesOfJob',
    what: 'a waiting job in PostgreSQL, with its indexes',
    unit: 'bytes',
  },
  { part: 'enqueue', samples: 'countMs', what: 'counting them (`counts`)', unit: 'ms' },
  {
    part: 'record',
    samples: 'perSecond',
    what: 'results recorded, 512 under way',
    unit: 'per second',
    must: least(10_000),
  },
  { part: 'record', samples: 'blockMs', what: LOOP, unit: 'ms', must: worst(20) },
  { part: 'record', samples: 'peakMb', what: 'peak memory', unit: 'MB' },
  {
    part: 'record',
    samples: 'bytesOfResult',
    what: 'a recorded result in PostgreSQL, with its indexes',
    unit: 'bytes',
  },
  ...PROCESSES.flatMap((count): readonly Measure[] => {
    const who = count === 1 ? '1 worker process' : `${count} worker processes`;
    return [
      {
        part: 'work',
        samples: `perSecond${count}`,
        what: `${who}: jobs taken, begun, recorded and completed`,
        unit: 'per second',
        must: least(2000),
      },
      {
        part: 'work',
        samples: `cpuMs${count}`,
        what: `${who}: processor time of the workers for a job`,
        unit: 'ms',
      },
      { part: 'work', samples: `peakMb${count}`, what: `${who}: peak memory of the largest`, unit: 'MB' },
      { part: 'work', samples: `blockMs${count}`, what: `${who}: ${LOOP}`, unit: 'ms' },
    ];
  }),
];

/** Samples of one part, by their names. */
export type PartSamples = Readonly<Record<string, readonly number[]>>;

/** The lines of what was measured. */
export function linesOf(measured: ReadonlyMap<Part, PartSamples>): readonly Line[] {
  return MEASURES.flatMap(({ part, samples: name, what, unit, must = null }) => {
    const samples = measured.get(part)?.[name];
    if (samples === undefined) return [];
    const spread = spreadOf(samples);
    return [{ part, what, unit, spread, must, met: must && isMet(spread, must) }];
  });
}

function isMet({ median, min, max }: Spread, { limit, is, of }: NonNullable<Line['must']>): boolean {
  if (is === 'least') return (of === 'median' ? median : min) >= limit;
  return (of === 'median' ? median : max) <= limit;
}

import type { Machine } from '../support/machine.ts';
import type { Spread } from '../support/statistics.ts';
import type { PageSamples } from './page.ts';
import { type Situation, SITUATIONS } from './situations.ts';

type Figure = keyof PageSamples | 'index' | 'firstRows' | 'memory' | 'memoryAfterIndex';

export interface SituationResult {
  readonly situation: Situation;
  readonly rounds: number;
  readonly load: { readonly before: number; readonly after: number };
  readonly figures: Readonly<Record<Figure, Spread>>;
}

export interface DashboardReport {
  readonly format: 1;
  readonly machine: Machine;
  readonly rows: number;
  /** Of the page, gzipped. */
  readonly scriptKilobytes: number;
  readonly situations: readonly SituationResult[];
}

interface Line {
  readonly figure: Figure;
  readonly words: string;
  readonly unit: 'ms' | 's' | 'MB' | '';
  /** What the largest sample has to stay below; null where there is no such demand. */
  readonly below: number | null;
}

const LINES: readonly Line[] = [
  { figure: 'index', words: 'from the start of `serve` until the index stands', unit: 's', below: null },
  { figure: 'firstRows', words: 'from then to the rows of a page that waited', unit: 'ms', below: 1000 },
  { figure: 'openRows', words: 'a page that is opened then, until its rows', unit: 'ms', below: 1000 },
  { figure: 'firstPaint', words: 'until anything is painted', unit: 'ms', below: 1000 },
  { figure: 'filters', words: 'a filter, from its press to the rows', unit: 'ms', below: 300 },
  { figure: 'sorts', words: 'a sort', unit: 'ms', below: 300 },
  { figure: 'searches', words: 'a search, from the last key', unit: 'ms', below: 300 },
  { figure: 'blankFrames', words: 'blank frames while scrolling', unit: '', below: 1 },
  { figure: 'slowestFrame', words: 'the slowest frame', unit: 'ms', below: null },
  {
    figure: 'memoryAfterIndex',
    words: 'memory of the server once the index stands',
    unit: 'MB',
    below: null,
  },
  { figure: 'memory', words: 'its peak, after all this', unit: 'MB', below: 300 },
];

/** The report as a page of Markdown. */
export function reportOf({ machine, rows, scriptKilobytes, situations }: DashboardReport): string {
  const { date, cores, memoryGiB, node } = machine;
  const small = scriptKilobytes < 60;
  return [
    `# The dashboard on ${rows.toLocaleString('en')} rows`,
    '',
    'Written by `npm run bench -- dashboard`; [bench/README.md](../README.md) says how it is measured. Medians, with the smallest and the largest in',
    `brackets; the largest is what is judged. ${date}, ${cores} cores, ${memoryGiB} GiB, Node ${node}.`,
    '',
    `The page's script: ${scriptKilobytes.toFixed(1)} kB gzipped; must be below 60 kB: **${small ? 'yes' : 'no'}**.`,
    '',
    ...situations.flatMap(sectionOf),
  ].join('\n');
}

function sectionOf({ situation, rounds, load, figures }: SituationResult): readonly string[] {
  return [
    `## A CSV ${SITUATIONS[situation]}`,
    '',
    `${rounds} rounds; load ${load.before} before, ${load.after} after.`,
    '',
    '| | measured | must be below | |',
    '| - | - | - | - |',
    ...LINES.map(({ figure, words, unit, below }) => {
      const spread = figures[figure];
      const demand = below === null ? '' : `${below === 1 ? 'one' : `${below} ${unit}`}`;
      const verdict = below === null ? '' : spread.max < below ? '**yes**' : '**no**';
      return `| ${words} | ${shown(spread, unit)} | ${demand} | ${verdict} |`;
    }),
    '',
  ];
}

function shown({ median, min, max, count }: Spread, unit: Line['unit']): string {
  const of = (value: number) => (unit === 's' ? (value / 1000).toFixed(1) : value.toFixed(0));
  return `${of(median)} ${unit} (${of(min)}–${of(max)}, n = ${count})`;
}

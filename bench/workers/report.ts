import type { Machine } from '../support/machine.ts';
import type { Spread } from '../support/statistics.ts';
import type { Line } from './measures.ts';
import type { Part } from './options.ts';

export interface PartReport {
  readonly part: Part;
  readonly machine: Machine;
  readonly postgres: string;
  readonly rounds: number;
  readonly load: { readonly before: number; readonly after: number };
  readonly lines: readonly Line[];
}

export interface WorkersReport {
  readonly format: 1;
  readonly parts: readonly PartReport[];
}

const TITLES: Readonly<Record<Part, string>> = {
  enqueue: 'A CSV into the queue',
  record: 'Results into the ledger',
  work: 'Jobs worked off, downloads that take no time',
};

/** The report as a page of Markdown. */
export function reportOf({ parts }: WorkersReport): string {
  return [
    '# Many workers on one PostgreSQL, measured',
    '',
    'Written by `npm run bench -- workers`; [bench/README.md](../README.md) says what each line means. Medians, with the smallest and the',
    'largest figure behind them. PostgreSQL and all workers share the machine.',
    '',
    ...parts.flatMap(sectionOf),
  ].join('\n');
}

function sectionOf({ part, machine, postgres, rounds, load, lines }: PartReport): readonly string[] {
  const { cores, memoryGiB, node, date } = machine;
  return [
    `## ${TITLES[part]}`,
    '',
    `${cores} cores, ${memoryGiB} GiB, Node ${node}, PostgreSQL ${postgres} as it comes (fsync on), ${date}; ${rounds} ${rounds === 1 ? 'round' : 'rounds'}; load ${load.before} before and ${load.after} after.`,
    '',
    '| what | measured | must reach | met |',
    '| - | - | - | - |',
    ...lines.map((line) => `| ${cellsOf(line).join(' | ')} |`),
    '',
  ];
}

function cellsOf({ what, unit, spread, must, met }: Line): readonly string[] {
  const demanded =
    must === null
      ? ''
      : `${must.is === 'least' ? '≥' : '≤'} ${figure(must.limit)} ${unit}${must.of === 'worst' ? ', always' : ''}`;
  return [what, shown(spread, unit), demanded, met === null ? '' : met ? 'yes' : '**no**'];
}

function shown({ median, min, max, count }: Spread, unit: string): string {
  const range = count > 1 ? ` (${figure(min)}–${figure(max)})` : '';
  return `${figure(median)}${unit === '' ? '' : ` ${unit}`}${range}`;
}

/** Three digits say enough. */
function figure(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(value >= 10 ? 3 : 2)));
}

import type { Machine } from '../support/machine.ts';
import type { Spread } from '../support/statistics.ts';
import type { Column } from './columns.ts';

export interface SideResult {
  readonly name: string;
  readonly wallSeconds: Spread;
  readonly cpuSeconds: Spread | null;
  readonly peakMegabytes: Spread | null;
}

export interface ColumnResult {
  readonly column: Column;
  readonly rounds: number;
  readonly load: { readonly before: number; readonly after: number };
  readonly sides: readonly SideResult[];
}

export interface DriveReport {
  readonly format: 1;
  readonly machine: Machine;
  readonly columns: readonly ColumnResult[];
}

/** The report as a page of Markdown. */
export function reportOf({ machine, columns }: DriveReport): string {
  const { date, cores, memoryGiB, node } = machine;
  return [
    '# Downloads, measured beside other programs',
    '',
    'Written by `npm run bench -- drive`; [bench/README.md](../README.md) says how it is measured. Medians, with the smallest and the largest in',
    `brackets. ${date}, ${cores} cores, ${memoryGiB} GiB, Node ${node}.`,
    '',
    ...columns.flatMap(sectionOf),
  ].join('\n');
}

function sectionOf({ column, rounds, load, sides }: ColumnResult): readonly string[] {
  const curl = sides.find(({ name }) => name === 'curl');
  const ours = sides.find(({ name }) => name === 'rowtrail');
  const lines = sides.map(({ name, wallSeconds, cpuSeconds, peakMegabytes }) => {
    const ratio = curl === undefined ? '' : (wallSeconds.median / curl.wallSeconds.median).toFixed(2);
    return `| ${name} | ${shown(wallSeconds, 's', 2)} | ${ratio} | ${shown(cpuSeconds, 's', 2)} | ${shown(peakMegabytes, 'MB', 0)} |`;
  });
  return [
    `## ${column.title}`,
    '',
    `${rounds} rounds; load ${load.before} before, ${load.after} after.`,
    '',
    '| | wall | of curl | processor | memory at most |',
    '| - | - | - | - | - |',
    ...lines,
    '',
    ...(curl === undefined || ours === undefined ? [] : [...verdicts(column, ours, curl), '']),
  ];
}

function verdicts(column: Column, ours: SideResult, curl: SideResult): readonly string[] {
  const ratio = ours.wallSeconds.median / curl.wallSeconds.median;
  const memory = ours.peakMegabytes?.max ?? null;
  const { mostOfCurl, mostMemory } = column;
  return [
    `- Must be at most ${mostOfCurl} times curl's time: ${ratio.toFixed(2)}, **${ratio <= mostOfCurl ? 'yes' : 'no'}**`,
    ...(mostMemory === null || memory === null
      ? []
      : [
          `- Must stay under ${mostMemory} MB: ${memory.toFixed(0)} MB, **${memory < mostMemory ? 'yes' : 'no'}**`,
        ]),
  ];
}

function shown(spread: Spread | null, unit: string, digits: number): string {
  if (spread === null) return '';
  const [median, min, max] = [spread.median, spread.min, spread.max].map((value) => value.toFixed(digits));
  return `${median} ${unit} (${min}–${max})`;
}

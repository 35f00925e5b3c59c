import type { Spread } from '../support/statistics.ts';
import type { ResultLine, SizeResult } from './results.ts';

/** The results as a page of Markdown. */
export function reportOf(results: readonly SizeResult[]): string {
  return `# The tracker, measured

Written by \`npm run bench -- tracker\`; [bench/README.md](../README.md) says what each line means. Medians, with the
smallest and the largest figure behind them. "better by" compares medians with pandas (below 1×: worse).

${results.map(sizeReport).join('\n')}`;
}

/** One size. */
export function sizeReport(result: SizeResult): string {
  const { rows, bytes, machine, rounds, load, lines, limits } = result;
  const missed = lines.filter(({ met }) => met === false);
  const judged = lines.filter(({ met }) => met !== null).length;
  return `## ${number(rows)} rows (${(bytes / 1e6).toFixed(1)} MB)

${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}, ${machine.date}; ${rounds} ${rounds === 1 ? 'round' : 'rounds'}; load ${load.before} before and ${load.after} after.
${judged - missed.length} of ${judged} targets met.

${table(['work', 'rowtrail', 'pandas', 'better by', 'DuckDB', 'limit', 'must reach', 'met'], lines.map(cellsOf))}

Limits of the machine at this size:

${table(
  ['what', 'measured'],
  limits.map(({ what, unit, spread }) => [what, shown(spread, unit)]),
)}
`;
}

function cellsOf(line: ResultLine): string[] {
  const { what, unit, ours, pandas, duckdb, limit, mustReach, met, moreIsBetter, judge } = line;
  return [
    what,
    shown(ours, unit),
    pandas === null ? '' : `${figure(pandas.median)} ${unit}`,
    pandas === null ? '' : `${figure(timesBetter(ours.median, pandas.median, moreIsBetter))}×`,
    duckdb === null ? '' : `${figure(duckdb.median)} ${unit}`,
    limit === null ? '' : `${figure(limit.median)} ${unit}`,
    mustReach === null
      ? ''
      : `${moreIsBetter ? '≥' : '≤'} ${number(mustReach)} ${unit}${judge === 'max' ? ', always' : ''}`,
    met === null ? '' : met ? 'yes' : '**no**',
  ];
}

function timesBetter(ours: number, theirs: number, moreIsBetter: boolean): number {
  return moreIsBetter ? ours / theirs : theirs / ours;
}

function shown({ median, min, max, count }: Spread, unit: string): string {
  const range = count > 1 ? ` (${figure(min)}–${figure(max)})` : '';
  return `${figure(median)}${unit === '' ? '' : ` ${unit}`}${range}`;
}

/** Three digits say enough. */
function figure(value: number): string {
  if (value >= 100) return number(Math.round(value));
  return String(Number(value.toPrecision(value >= 10 ? 3 : 2)));
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

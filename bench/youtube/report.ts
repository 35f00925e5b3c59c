import type { Spread } from '../support/statistics.ts';
import type { YoutubeResult } from './results.ts';

/** The result as a page of Markdown. Pure. */
export function reportOf(result: YoutubeResult): string {
  const { machine, ytDlp, latencyMs, rounds, load, lines, targets, memory } = result;
  const met = targets.filter((target) => target.met).length;
  return `# YouTube, measured

Written by \`npm run bench -- youtube\`; [bench/README.md](../README.md) says what each line means. Medians of the rounds, with the
smallest and the largest figure behind them.

${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}, yt-dlp ${ytDlp}, ${machine.date}; ${latencyMs} ms added to each request; ${rounds} ${rounds === 1 ? 'round' : 'rounds'}; load ${load.before} before and ${load.after} after.
${met} of ${targets.length} targets met.

${table(
  ['work', 'by', 'items', 'time an item', 'CPU an item'],
  lines.map(({ work, contestant, items, secondsAnItem, cpuAnItem }) => [
    work,
    contestant,
    String(items),
    milliseconds(secondsAnItem),
    milliseconds(cpuAnItem),
  ]),
)}

${table(
  ['target', 'measured', 'must be', 'met'],
  targets.map(({ what, figure, bound, must, met: isMet }) => [
    what,
    figure.toFixed(3),
    `${bound} ${must}`,
    isMet ? 'yes' : '**no**',
  ]),
)}
${
  memory.length === 0
    ? ''
    : `
Memory of the one worker of a run, one transcript after the other:

${table(
  ['jobs', 'MB'],
  memory.map(({ jobs, megabytes }) => [String(jobs), megabytes.toFixed(1)]),
)}
`
}`;
}

function milliseconds({ median, min, max, count }: Spread): string {
  const ms = (seconds: number) => Math.round(seconds * 1000).toLocaleString('en-US');
  return `${ms(median)} ms${count > 1 ? ` (${ms(min)}–${ms(max)})` : ''}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

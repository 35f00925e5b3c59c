import type { Plan, TypePlan } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { table } from './table.ts';
import { counted, shellWord } from './words.ts';

const LINES: readonly (readonly [keyof TypePlan, string])[] = [
  ['toFetch', 'to fetch'],
  ['folder', '  of these folders or playlists'],
  ['alreadyHere', 'already here'],
  ['waiting', 'to be tried later'],
  ['givenUp', 'given up'],
  ['malformed', 'link not usable'],
  ['skipped', 'left out by your flags'],
  ['noLink', 'no link'],
];

export function renderPlan(plan: Plan, csvPath: string, { out }: Terminal): string {
  const rows = LINES.filter(([key]) => key === 'toFetch' || plan.youtube[key] + plan.drive[key] > 0).map(
    ([key, words]) => [words, plan.youtube[key].toLocaleString('en'), plan.drive[key].toLocaleString('en')],
  );
  const notes = plan.unusable.map(
    ({ reason, count, lines }) =>
      `${counted(count, 'row')} left alone, ${reason}: line ${lines.join(', ')}${count > lines.length ? ', ...' : ''}`,
  );
  const due = plan.youtube.toFetch + plan.drive.toFetch + plan.youtube.malformed + plan.drive.malformed;
  return [
    `${out.bold(safe(csvPath))}: ${counted(plan.totalRows, 'row')}`,
    '',
    table([{ title: '' }, { title: 'YouTube', right: true }, { title: 'Drive', right: true }], rows, {
      head: out.dim,
    }),
    ...(notes.length > 0 ? ['', ...notes.map((note) => out.yellow(note))] : []),
    '',
    `${out.dim('Next:')} ${due > 0 ? `rowtrail run ${safe(shellWord(csvPath))}` : 'nothing to fetch'}`,
  ].join('\n');
}

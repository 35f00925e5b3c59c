import type { Plan, TypePlan } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { table } from './table.ts';
import { wrapText } from './wrap.ts';
import { counted, countText, shellWord, timeText } from './words.ts';

const LINES: readonly (readonly [keyof TypePlan, string])[] = [
  ['toFetch', 'to fetch'],
  ['folder', '  of these folders or playlists'],
  ['alreadyHere', 'already here'],
  ['waiting', 'to be tried later'],
  ['givenUp', 'given up'],
  ['malformed', 'link not usable'],
  ['unusable', 'in rows that cannot be used'],
  ['skipped', 'left out by your flags'],
  ['noLink', 'no link'],
];

export function renderPlan(plan: Plan, csvPath: string, { out, width }: Terminal): string {
  const rows = LINES.filter(([key]) => key === 'toFetch' || plan.youtube[key] + plan.drive[key] > 0).map(
    ([key, words]) => [words, countText(plan.youtube[key]), countText(plan.drive[key])],
  );
  return [
    `${out.bold(safe(csvPath))}: ${counted(plan.totalRows, 'row')}`,
    '',
    table([{ title: '' }, { title: 'YouTube', right: true }, { title: 'Drive', right: true }], rows, {
      head: out.dim,
      width: width.out,
    }),
    ...(plan.unusable.length > 0
      ? ['', ...unusableNotes(plan).map((note) => wrapText(out.yellow(note), { width: width.out }))]
      : []),
    '',
    wrapText(`${out.dim('Next:')} ${nextStep(plan, safe(shellWord(csvPath)))}`, { width: width.out }),
  ].join('\n');
}

/** Rows that no run can work on, for a person. */
export function unusableNotes({ unusable }: Plan): string[] {
  return unusable.map(({ reason, count, lines }) => {
    const more = count > lines.length ? ', ...' : '';
    return `${counted(count, 'row')} left alone, ${reason}: line ${lines.join(', ')}${more}`;
  });
}

function nextStep({ youtube, drive, waitingUntil }: Plan, csv: string): string {
  if (youtube.toFetch + drive.toFetch + youtube.malformed + drive.malformed > 0) return `rowtrail run ${csv}`;
  if (waitingUntil !== null) return `rowtrail run ${csv}, after ${timeText(new Date(waitingUntil))}`;
  return youtube.givenUp + drive.givenUp > 0 ? `rowtrail failed ${csv}` : 'nothing to fetch';
}

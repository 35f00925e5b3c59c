import { relative } from 'node:path';
import type { RunSummary } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { renderFailures } from './failures.ts';
import { table } from './table.ts';
import { bytesText, counted, durationText, shellWord, timeText, TYPE_NAMES } from './words.ts';

/** The last screen of a run: what was done, what was not and why, and the next step. */
export function renderRun(summary: RunSummary, csvPath: string, terminal: Terminal): string {
  const { out } = terminal;
  const seconds = (summary.endedAt.getTime() - summary.startedAt.getTime()) / 1000;
  const rows = (['youtube', 'drive'] as const).map((type) => {
    const { completed, failed, later, left, files, bytes } = summary[type];
    const counts = [completed, failed, later + left + summary.plan[type].waiting, files];
    return [TYPE_NAMES[type], ...counts.map((count) => count.toLocaleString('en')), bytesText(bytes)];
  });
  return [
    `${headline(summary, terminal)} ${out.dim(`in ${durationText(seconds)}`)}`,
    '',
    table(
      [
        { title: '' },
        { title: 'completed', right: true },
        { title: 'failed', right: true },
        { title: 'to do later', right: true },
        { title: 'files', right: true },
        { title: 'size', right: true },
      ],
      rows,
      { head: out.dim },
    ),
    ...(summary.failures.length > 0 ? ['', renderFailures(summary.failures, terminal)] : []),
    ...(summary.notes.length > 0
      ? ['', ...summary.notes.map((note) => `${out.yellow('note:')} ${safe(note)}`)]
      : []),
    '',
    `${out.dim('Next:')} ${nextStep(summary, csvPath)}`,
  ].join('\n');
}

function headline({ interrupted, complete, youtube, drive }: RunSummary, { out }: Terminal): string {
  const tried = youtube.tried + drive.tried;
  if (interrupted)
    return out.yellow(
      `Stopped; ${counted(youtube.completed + drive.completed, 'download')} completed, nothing is lost.`,
    );
  if (tried === 0 && complete) return out.green('Nothing to do: everything that can be had is here.');
  if (complete) return out.green(`All ${counted(tried, 'download')} completed`);
  return out.yellow(`${youtube.completed + drive.completed} of ${counted(tried, 'download')} completed`);
}

function nextStep(
  { interrupted, complete, pauses, failures, csvPath: absolute, youtube, drive }: RunSummary,
  csvPath: string,
): string {
  const csv = safe(shellWord(csvPath || relative('.', absolute)));
  const pause = pauses.find(({ waits }) => !waits);
  if (interrupted) return `rowtrail run ${csv} (it continues where it stopped)`;
  if (pause)
    return `wait until ${timeText(new Date(pause.until))}, then rowtrail run ${csv} (${pause.host} turned us away)`;
  if (complete) return `rowtrail status ${csv}`;
  const again = failures.some(({ permanent }) => !permanent) || youtube.left + drive.left > 0;
  return again ? `rowtrail run ${csv} (tries again what may work)` : `rowtrail failed ${csv}`;
}

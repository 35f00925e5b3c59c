import { relative } from 'node:path';
import type { RunSummary, SystemMetrics } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { isTriedAgain, renderFailures, retryCommand } from './failures.ts';
import { pauseLines } from './pauses.ts';
import { unusableNotes } from './plan.ts';
import { table } from './table.ts';
import { bytesText, counted, countText, durationText, shellWord, timeText, TYPE_NAMES } from './words.ts';
import { wrapText } from './wrap.ts';

const BYTES_PER_GB = 1e9;
const MOST_RECOMMENDED = 2;

/**
 * The last screen of a run: what was done, what was not and why, and the next step.
 * @param retryAttempts after so many a run gives a failed download up
 */
export function renderRun(
  summary: RunSummary,
  csvPath: string,
  retryAttempts: number,
  terminal: Terminal,
): string {
  const { out } = terminal;
  const csv = safe(shellWord(csvPath || relative('.', summary.csvPath)));
  const line = (text: string) => wrapText(text, { width: terminal.width.out, indent: ' '.repeat(6) });
  const next = nextStep(summary, csv, retryAttempts);
  return [
    renderOutcome(summary, terminal),
    '',
    line(`${out.dim('Next:')} ${next}`),
    ...alsoRecommended(summary, next).map(({ command, message }) =>
      line(`${out.dim('Also:')} ${safe(command)} (${safe(message)})`),
    ),
  ].join('\n');
}

/** What the next step does not do. */
function alsoRecommended({ recommendations }: RunSummary, next: string): RunSummary['recommendations'] {
  const [first = next] = next.split(', then ');
  const isDone = (command: string) => command === first || command.startsWith(`${first} --category `);
  const isOther = (command: string) =>
    !['run', 'alerts', 'status'].includes(command.split(' ')[1] ?? '') && !isDone(command);
  return recommendations.filter(({ command }) => isOther(command)).slice(0, MOST_RECOMMENDED);
}

/** The same without the next step. */
export function renderOutcome(summary: RunSummary, terminal: Terminal): string {
  const { out, width } = terminal;
  const seconds = (summary.endedAt.getTime() - summary.startedAt.getTime()) / 1000;
  const line = (text: string) => wrapText(text, { width: width.out, indent: ' '.repeat(6) });
  const rows = (['youtube', 'drive'] as const).map((type) => {
    const { completed, failed, later, left, files, bytes } = summary[type];
    const { waiting, unusable } = summary.plan[type];
    const counts = [completed, failed, later + left + waiting + unusable, files];
    return [TYPE_NAMES[type], ...counts.map(countText), bytesText(bytes)];
  });
  const notes = [...unusableNotes(summary.plan), ...summary.notes];
  return [
    line(`${headline(summary, terminal)}${triedAny(summary) ? out.dim(` in ${durationText(seconds)}`) : ''}`),
    '',
    table(
      [
        { title: '' },
        { title: 'completed', right: true },
        { title: 'failed', right: true },
        { title: 'to do', right: true },
        { title: 'files', right: true },
        { title: 'size', right: true },
      ],
      rows,
      { head: out.dim, width: width.out },
    ),
    ...(summary.metrics === null ? [] : [line(out.dim(metricsLine(summary.metrics)))]),
    ...(summary.failures.length > 0 ? ['', renderFailures(summary.failures, terminal)] : []),
    ...closedPauses(summary, terminal),
    ...(notes.length > 0 ? ['', ...notes.map((note) => line(`${out.yellow('note:')} ${safe(note)}`))] : []),
  ].join('\n');
}

/** The hosts for which this run did not wait, with what to do. */
function closedPauses({ pauses }: RunSummary, terminal: Terminal): readonly string[] {
  const closed = pauses.filter(({ waits }) => !waits);
  return closed.length === 0 ? [] : ['', ...pauseLines(closed, terminal)];
}

/** The whole CSV, not this run alone. */
function metricsLine(metrics: SystemMetrics): string {
  const { completedDownloads, failedDownloads, pendingDownloads, diskFreeGb } = metrics;
  const free = diskFreeGb === null ? '' : `; ${bytesText(diskFreeGb * BYTES_PER_GB)} free`;
  return `In all: ${countText(completedDownloads)} completed, ${countText(failedDownloads)} failed, ${countText(pendingDownloads)} pending${free}`;
}

function triedAny({ interrupted, youtube, drive }: RunSummary): boolean {
  return !interrupted && youtube.tried + drive.tried > 0;
}

function headline({ interrupted, complete, plan, youtube, drive }: RunSummary, { out }: Terminal): string {
  const completed = youtube.completed + drive.completed;
  const due = youtube.tried + drive.tried + youtube.left + drive.left;
  if (interrupted)
    return out.yellow(`Stopped; ${counted(completed, 'download')} completed, nothing is lost.`);
  if (due > 0 && complete)
    return out.green(`${due === 1 ? '1 download' : `All ${counted(due, 'download')}`} completed`);
  if (due > 0) return out.yellow(`${completed} of ${counted(due, 'download')} completed`);
  if (plan.totalRows === 0) return out.yellow('Nothing to do: the CSV has no rows.');
  const leftOut = plan.youtube.skipped + plan.drive.skipped;
  if (complete && leftOut > 0)
    return `Nothing to fetch: the flags leave ${counted(leftOut, 'download')} out.`;
  if (complete) return out.green('Nothing to do, everything that can be had is here.');
  const waiting = plan.youtube.waiting + plan.drive.waiting;
  return out.yellow(
    waiting > 0
      ? `Nothing to fetch now, ${counted(waiting, 'download')} to be tried later.`
      : 'Nothing to fetch, some rows cannot be used.',
  );
}

function nextStep(
  { interrupted, complete, endedAt, plan, pauses, failures, youtube, drive }: RunSummary,
  csv: string,
  retryAttempts: number,
): string {
  const run = `rowtrail run ${csv}`;
  if (interrupted) return `${run} (it continues where it stopped)`;
  const pause = pauses.find(({ waits }) => !waits);
  if (pause?.reason === 'unreachable')
    return `${run}, once ${pause.host} can be reached (rowtrail doctor checks the way)`;
  if (pause) return `${run}, after ${timeText(pause.until)} (${pause.host} turned us away)`;
  if (complete) return `rowtrail status ${csv}`;
  const now = endedAt.toISOString();
  const open = failures.filter((failure) => isTriedAgain(failure, retryAttempts));
  const later = [plan.waitingUntil, ...open.map(({ notBefore }) => notBefore)].filter(
    (time) => time !== null && time > now,
  );
  const again = open.some(({ notBefore }) => notBefore === null || notBefore <= now);
  if (again || youtube.left + drive.left > 0) return `${run} (tries again what may work)`;
  const [first] = later.toSorted();
  if (first) return `${run}, after ${timeText(new Date(first))}`;
  const retry = retryCommand(failures, csv, retryAttempts);
  return retry === null
    ? `rowtrail failed ${csv}`
    : `${retry}, then ${run} (no attempt is left to what may work)`;
}

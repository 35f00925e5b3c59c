import { REMEDIES, type StatusReport } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { renderAlerts } from './alerts.ts';
import { pauseLines } from './pauses.ts';
import { metricsTable, statsTable } from './metrics.ts';
import { sparkline, thinned } from './sparkline.ts';
import { statusBars } from './status-bars.ts';
import { table } from './table.ts';
import { counted, countText, durationText, TYPE_NAMES } from './words.ts';
import { brief, wrapCommand, wrapText } from './wrap.ts';

/** Failed downloads that are listed on a screen; JSON and HTML have more. */
const SHOWN_FAILURES = 100;
const MAX_MESSAGE = 200;
/** Columns of the curve of 24 hours: one for each quarter of an hour. */
const MAX_CURVE = 97;

/** The whole report as text. It names no person. */
export function renderReport(report: StatusReport, terminal: Terminal): string {
  const { out, width } = terminal;
  const bars = downloadBars(report, terminal);
  const section = (title: string, ...lines: readonly string[]) => ['', out.bold(title), ...lines];
  return [
    wrapText(`${out.bold(safe(report.csvPath))}, ${report.generatedAt.slice(0, 16).replace('T', ' ')} UTC`, {
      width: width.out,
    }),
    ...pauseLines(report.pausedHosts, terminal),
    ...section('Metrics', metricsTable(report.metrics, terminal)),
    ...section('Downloads', ...bars, statsTable(report.downloadStats, terminal)),
    ...section('Last 24 hours', trendText(report, terminal)),
    ...section('Alerts', renderAlerts(report.alerts, terminal)),
    ...(report.causes.length === 0
      ? []
      : section('Causes of failed attempts', causesTable(report, terminal))),
    ...section('What to do', ...recommendationLines(report, terminal)),
    ...(report.failedDownloads === undefined
      ? []
      : section('Failed downloads', ...failureLines(report.failedDownloads, terminal))),
  ].join('\n');
}

function downloadBars({ downloadStats: stats }: StatusReport, terminal: Terminal): readonly string[] {
  const bars = statusBars(
    {
      youtube: {
        completed: stats.youtubeCompleted,
        failed: stats.youtubeFailed,
        pending: stats.youtubePending,
      },
      drive: { completed: stats.driveCompleted, failed: stats.driveFailed, pending: stats.drivePending },
    },
    terminal,
  );
  return bars.length === 0 ? [] : [...bars, ''];
}

function trendText({ trend }: StatusReport, { out, width }: Terminal): string {
  const line = (text: string) => wrapText(text, { width: width.out });
  if (trend.samples < 2) return line('No history yet: a run keeps a sample every minute.');
  const completed = trend.metrics.completedDownloads?.change ?? 0;
  const failed = trend.metrics.failedDownloads?.change ?? 0;
  const signed = (count: number) => (count > 0 ? `+${count}` : `${count}`);
  const parts = [
    `${signed(completed)} completed, ${signed(failed)} failed`,
    trend.throughputPerHour === null
      ? null
      : `${trend.throughputPerHour.toLocaleString('en', { maximumFractionDigits: 1 })} downloads an hour`,
    trend.etaSeconds === null || trend.etaSeconds === 0
      ? null
      : trend.etaSeconds < 60
        ? 'less than a minute left'
        : `about ${durationText(trend.etaSeconds)} left`,
  ];
  const text = line(parts.filter((part) => part !== null).join('; '));
  if (width.out === Infinity || trend.points.length < 2) return text;
  const curve = thinned(
    trend.points.map((point) => point.completed),
    Math.max(Math.min(width.out - 11, MAX_CURVE), 2),
  );
  return `completed  ${out.green(sparkline(curve))}\n${text}`;
}

function causesTable({ causes }: StatusReport, { out, width }: Terminal): string {
  return table(
    [{ title: 'cause' }, { title: 'type' }, { title: 'category' }, { title: 'attempts', right: true }],
    causes.map(({ cause, downloadType, category, attempts }) => [
      cause,
      TYPE_NAMES[downloadType],
      category,
      countText(attempts),
    ]),
    { head: out.dim, width: width.out },
  );
}

function recommendationLines({ recommendations }: StatusReport, { width }: Terminal): string[] {
  if (recommendations.length === 0) return ['Nothing.'];
  return recommendations.map(
    ({ message, command }) =>
      `${wrapText(safe(message), { width: width.out })}\n${wrapCommand(`  ${safe(command)}`, width.out)}`,
  );
}

function failureLines(
  failures: NonNullable<StatusReport['failedDownloads']>,
  { out, width }: Terminal,
): string[] {
  if (failures.length === 0) return ['None.'];
  const lines = failures
    .slice(0, SHOWN_FAILURES)
    .map(({ rowId, downloadType, cause, remedy, message, attempts }) =>
      wrapText(
        `${out.bold(brief(rowId, MAX_MESSAGE))} ${TYPE_NAMES[downloadType]}, ${cause}, ${counted(attempts, 'attempt')}: ${brief(message, MAX_MESSAGE)} ${out.dim(`(${REMEDIES[remedy].title})`)}`,
        { width: width.out, indent: '  ' },
      ),
    );
  const more = failures.length - SHOWN_FAILURES;
  return more > 0 ? [...lines, `and ${countText(more)} more`] : lines;
}

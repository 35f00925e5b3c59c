import { basename } from 'node:path';
import type { HostPause } from '../../hosts/index.ts';
import type { Alert } from '../alerts/evaluate.ts';
import type { CauseCount } from '../ledger-facts.ts';
import type { Recommendation } from '../recommendations.ts';
import type { StatusReport } from '../report.ts';
import type { Trend } from '../trend.ts';
import { BYTES_PER_GB, BYTES_PER_MB } from '../units.ts';
import { completedCurve, shareBar, stackedBar } from './charts.ts';
import { escapeHtml } from './escape.ts';
import { failureTable } from './failure-table.ts';
import { STYLE } from './style.ts';
import { countText, durationText, percentText, sizeText, timeText } from '../words.ts';

/** Nothing is fetched and nothing is run, whatever stands on the page. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
const MOST_CAUSES = 10;

/**
 * A report as one page that needs nothing else: no script, no request. For light and dark screens and for telephones. Foreign text
 * is cut and escaped. Pure.
 */
export function renderReportHtml(report: StatusReport): string {
  const csv = escapeHtml(basename(report.csvPath), 120);
  const { downloadStats: stats } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${csv} · rowtrail</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header><h1>${csv}</h1><p class="soft">Downloads as of ${escapeHtml(timeText(report.generatedAt))}</p></header>
${tiles(report)}
${report.alerts.length === 0 ? '' : section('Alerts', alertList(report.alerts))}
${report.pausedHosts.length === 0 ? '' : section('Paused hosts', pausedList(report.pausedHosts))}
${section(
  'Status',
  [
    statusBar('YouTube', stats.youtubeCompleted, stats.youtubeFailed, stats.youtubePending),
    statusBar('Google Drive', stats.driveCompleted, stats.driveFailed, stats.drivePending),
    legend(),
  ].join('\n'),
)}
<div class="pair">
${section('Completed in the last 24 hours', curve(report.trend))}
${section('Failed attempts by cause', causeBars(report.causes))}
</div>
${section('What to do', recommendationList(report.recommendations))}
${report.failedDownloads === undefined ? '' : section('Failed downloads', failureTable(report.failedDownloads))}
</main>
</body>
</html>
`;
}

function section(title: string, content: string): string {
  return `<section class="card"><h2>${title}</h2>\n${content}\n</section>`;
}

function tiles({ metrics, downloadStats, trend }: StatusReport): string {
  const { completedDownloads, failedDownloads, pendingDownloads } = metrics;
  const free = metrics.diskFreeGb === null ? '' : `, ${sizeText(metrics.diskFreeGb * BYTES_PER_GB)} free`;
  const pace = trend.throughputPerHour === null ? '' : `${countText(trend.throughputPerHour)} an hour`;
  const ended = completedDownloads + failedDownloads;
  return `<div class="tiles">\n${[
    tile(countText(completedDownloads), 'completed', pace),
    tile(
      countText(failedDownloads),
      'failed',
      ended === 0 ? '' : `${percentText(metrics.errorRate)} of those that ended`,
    ),
    tile(
      countText(pendingDownloads),
      'pending',
      pendingWords(metrics.activeProcesses, trend, pendingDownloads),
    ),
    tile(
      countText(downloadStats.totalFilesDownloaded),
      downloadStats.totalFilesDownloaded === 1 ? 'file' : 'files',
      `${sizeText(downloadStats.totalSizeMb * BYTES_PER_MB)}${free}`,
    ),
    tile(
      metrics.avgDownloadTime === null ? '–' : durationText(metrics.avgDownloadTime),
      'for a download, on average',
      `${countText(metrics.totalRows)} ${metrics.totalRows === 1 ? 'row' : 'rows'}`,
    ),
  ].join('\n')}\n</div>`;
}

function pendingWords(activeProcesses: number, { etaSeconds }: Trend, pending: number): string {
  if (pending === 0) return '';
  if (activeProcesses === 0) return 'nobody works on them';
  return etaSeconds === null ? 'a run works on them' : `about ${durationText(etaSeconds)} left`;
}

function tile(value: string, label: string, more: string): string {
  return `<div class="tile"><b>${value}</b>${label}<div class="soft">${more === '' ? '&nbsp;' : more}</div></div>`;
}

function alertList(alerts: readonly Alert[]): string {
  const items = alerts.map(
    ({ severity, name, message, since, nextStep }) =>
      `<li><span class="severity ${severity}">${severity}</span><b>${escapeHtml(name)}</b> <span class="soft">since ${escapeHtml(timeText(since))}</span><br>${escapeHtml(message)}<br>${withCode(nextStep)}</li>`,
  );
  return `<ul>${items.join('\n')}</ul>`;
}

function pausedList(pauses: readonly HostPause[]): string {
  const items = pauses.map(
    ({ host, cause, until, nextStep }) =>
      `<li><b>${escapeHtml(host)}</b> <span class="soft">until ${escapeHtml(timeText(until.toISOString()))}, ${escapeHtml(cause)}</span><br>${escapeHtml(nextStep)}</li>`,
  );
  return `<ul>${items.join('\n')}</ul>`;
}

/** A sentence whose commands stand between backquotes. */
function withCode(sentence: string): string {
  return sentence
    .split('`')
    .map((part, at) => (at % 2 === 1 ? `<code>${escapeHtml(part, 2000)}</code>` : keepingSpace(part)))
    .join('');
}

function keepingSpace(part: string): string {
  return `${/^\s/.test(part) ? ' ' : ''}${escapeHtml(part)}${/\s$/.test(part) ? ' ' : ''}`;
}

function statusBar(title: string, completed: number, failed: number, pending: number): string {
  const total = completed + failed + pending;
  const words =
    total === 0
      ? 'no links'
      : `${countText(completed)} completed, ${countText(failed)} failed, ${countText(pending)} pending`;
  const parts = [
    { kind: 'good', value: completed },
    { kind: 'bad', value: failed },
    { kind: 'wait', value: pending },
  ] as const;
  return `<div class="row"><div class="between"><span>${title}</span><span class="soft">${words}</span></div>${stackedBar(parts, `${title}: ${words}`)}</div>`;
}

function legend(): string {
  const entry = (kind: string, word: string) => `<span><span class="key ${kind}"></span>${word}</span>`;
  return `<p class="soft row">${entry('good', 'completed')} &ensp;${entry('bad', 'failed')} &ensp;${entry('wait', 'pending')}</p>`;
}

function curve(trend: Trend): string {
  return trend.points.length < 2
    ? '<p class="soft">Nothing to show yet: a run keeps a sample every minute.</p>'
    : completedCurve(trend.points);
}

function causeBars(causes: readonly CauseCount[]): string {
  const shown = causes.slice(0, MOST_CAUSES);
  const [largest] = shown;
  if (largest === undefined) return '<p class="soft">No attempt failed.</p>';
  const rest = causes.slice(MOST_CAUSES).reduce((sum, { attempts }) => sum + attempts, 0);
  const bars = shown.map(({ cause, downloadType, attempts }) => {
    const label = `${escapeHtml(cause)} (${escapeHtml(downloadType)})`;
    return `<div class="row"><div class="between"><span>${escapeHtml(cause)} <span class="soft">${escapeHtml(downloadType)}</span></span><span>${countText(attempts)}</span></div>${shareBar(attempts, largest.attempts, `${label}: ${countText(attempts)}`)}</div>`;
  });
  return `${bars.join('\n')}${rest === 0 ? '' : `<p class="soft row">${countText(rest)} more with other causes</p>`}`;
}

function recommendationList(recommendations: readonly Recommendation[]): string {
  if (recommendations.length === 0) return '<p class="soft">Nothing: all is well.</p>';
  const items = recommendations.map(
    ({ message, command }) => `<li>${escapeHtml(message)}<br><code>${escapeHtml(command, 2000)}</code></li>`,
  );
  return `<ul>${items.join('\n')}</ul>`;
}

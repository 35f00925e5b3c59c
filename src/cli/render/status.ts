import type { DownloadStatusSummary, HostPause, StoreActivity } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { pauseLines } from './pauses.ts';
import { activityLines } from './store-activity.ts';
import { statusBars } from './status-bars.ts';
import { table } from './table.ts';
import { counted, countText, shellWord, TYPE_NAMES } from './words.ts';

/** The summary as JSON: the API reference's keys, and paused hosts, workers and jobs only where there are any. */
export function statusJson(
  summary: DownloadStatusSummary,
  pauses: readonly HostPause[],
  activity: StoreActivity | null,
): object {
  return {
    ...summary,
    ...(pauses.length > 0 && { pausedHosts: pauses }),
    ...(activity !== null && { store: activity }),
  };
}

export function renderStatus(
  summary: DownloadStatusSummary,
  pauses: readonly HostPause[],
  activity: StoreActivity | null,
  csvPath: string,
  terminal: Terminal,
): string {
  const { out, width } = terminal;
  const rows = (['youtube', 'drive'] as const).map((type) => {
    const { hasContent, completed, pending, failed } = summary[type];
    return [TYPE_NAMES[type], ...[hasContent, completed, pending, failed].map(countText)];
  });
  const pending = summary.youtube.pending + summary.drive.pending;
  const unusable = (summary.youtube.unusable ?? 0) + (summary.drive.unusable ?? 0);
  const failed = summary.youtube.failed + summary.drive.failed;
  const csv = safe(shellWord(csvPath));
  const bars = statusBars(summary, terminal);
  const next =
    pending > unusable
      ? `rowtrail run ${csv}`
      : failed > 0
        ? `rowtrail failed ${csv}`
        : unusable > 0
          ? `rowtrail plan ${csv}`
          : summary.youtube.hasContent + summary.drive.hasContent === 0
            ? 'nothing, no row has a link'
            : 'nothing, everything is here';
  return [
    `${out.bold(safe(csvPath))}: ${counted(summary.totalRows, 'row')}`,
    '',
    table(
      [
        { title: '' },
        { title: 'with a link', right: true },
        { title: 'completed', right: true },
        { title: 'pending', right: true },
        { title: 'failed', right: true },
      ],
      rows,
      { head: out.dim, width: width.out },
    ),
    ...(bars.length === 0 ? [] : ['', ...bars]),
    ...(unusable === 0
      ? []
      : ['', out.yellow(`${countText(unusable)} of the pending in rows that cannot be used: see the plan`)]),
    ...pauseLines(pauses, terminal),
    ...activityLines(activity, terminal),
    '',
    `${out.dim('Next:')} ${next}`,
  ].join('\n');
}

import type { CsvRow } from '../../csv/index.ts';
import type { DownloadType } from '../../row/index.ts';
import { parseDriveLinks, parseYoutubeLinks } from '../../sources/index.ts';
import { type EffectiveStatus, isPending } from '../../tracker/index.ts';
import type { WorkflowOptions } from '../options.ts';

/** What is to be done about one download of one row. */
export type Decision =
  'no_link' | 'malformed' | 'already_here' | 'given_up' | 'waiting' | 'skipped' | 'to_fetch';

export type PlanOptions = Pick<
  WorkflowOptions,
  | 'includeFailed'
  | 'retryAttempts'
  | 'skipYoutube'
  | 'skipDrive'
  | 'maxYoutube'
  | 'maxDrive'
  | 'transcriptOnly'
  | 'allowDirectLinks'
  | 'refresh'
>;

/** What to do about one download, from the row and its state alone. */
export function decide(
  row: CsvRow,
  downloadType: DownloadType,
  state: EffectiveStatus,
  options: PlanOptions,
  now: string,
): Decision {
  const decision = decideByState(row, downloadType, state, options, now);
  if (decision !== 'to_fetch' || state.status === 'completed') return decision;
  return targetsOf(row, downloadType, options).error === null ? 'to_fetch' : 'malformed';
}

/** The same without a look at what the link says. */
export function decideByState(
  row: CsvRow,
  downloadType: DownloadType,
  state: EffectiveStatus,
  options: PlanOptions,
  now: string,
): Exclude<Decision, 'malformed'> {
  if (row.links[downloadType] === '') return 'no_link';
  if (state.status === 'completed') {
    const isDue =
      (state.scope === 'transcript' && options.transcriptOnly !== true) ||
      (options.refresh === true && mayGrow(row, downloadType, options));
    if (!isDue) return 'already_here';
  }
  if (isSkipped(downloadType, options)) return 'skipped';
  if (state.status === 'completed') return 'to_fetch';
  const { includeFailed, retryAttempts } = options;
  const chosen = {
    ...(includeFailed === undefined ? {} : { includeFailed }),
    ...(retryAttempts === undefined ? {} : { retryAttempts }),
  };
  // That a transcript can never be had says nothing of the video, for which nobody asked.
  const isVideoOpen = state.permanent && state.scope === 'transcript' && options.transcriptOnly !== true;
  if (!isPending(isVideoOpen ? { ...state, permanent: false } : state, chosen)) return 'given_up';
  return state.notBefore !== null && state.notBefore > now ? 'waiting' : 'to_fetch';
}

/** Whether a link leads to a list that may have new entries: a playlist, a folder, or what may turn out to be one. */
function mayGrow(row: CsvRow, downloadType: DownloadType, options: PlanOptions): boolean {
  const { targets } = targetsOf(row, downloadType, options);
  return targets.some(({ kind }) => kind === 'playlist' || kind === 'folder' || kind === 'any');
}

export function targetsOf(row: Pick<CsvRow, 'links'>, type: DownloadType, { allowDirectLinks }: PlanOptions) {
  return type === 'youtube'
    ? parseYoutubeLinks(row.links.youtube)
    : parseDriveLinks(row.links.drive, { allowDirectLinks });
}

export function isSkipped(type: DownloadType, { skipYoutube, skipDrive }: PlanOptions): boolean {
  return (type === 'youtube' ? skipYoutube : skipDrive) === true;
}

export function limitOf(type: DownloadType, { maxYoutube, maxDrive }: PlanOptions): number {
  return (type === 'youtube' ? maxYoutube : maxDrive) ?? Infinity;
}

import type { SeenWorker, StoreActivity } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { counted, countText } from './words.ts';
import { wrapText } from './wrap.ts';

/** Who works in the store, and what waits there; nothing where there is no store, or nothing goes on in it. */
export function activityLines(activity: StoreActivity | null, { out, width }: Terminal): readonly string[] {
  if (activity === null) return [];
  const { workers, queue } = activity;
  const { waiting, delayed, active, dead, nextInSeconds } = queue;
  const later =
    nextInSeconds === null ? 'later' : `later, the next in ${Math.max(Math.ceil(nextInSeconds), 0)} s`;
  const jobs = [
    `${countText(waiting)} waiting`,
    ...(delayed > 0 ? [`${countText(delayed)} ${later}`] : []),
    `${countText(active)} under way`,
    ...(dead > 0 ? [`${countText(dead)} given up, because they ended their workers`] : []),
  ];
  const line = (text: string) => wrapText(text, { width: width.out, indent: '  ' });
  return [
    '',
    line(`${out.bold('Jobs in the store:')} ${jobs.join(', ')}`),
    line(`${out.bold('Workers:')} ${workers.length === 0 ? 'none' : countText(workers.length)}`),
    ...workers.map((worker) => line(`  ${workerText(worker)}`)),
  ];
}

/** `db-2 (process 17, 1.4.0): 4 jobs under way, 10 done, 2 failed`. */
function workerText({
  host,
  pid,
  version,
  underWay,
  done,
  failed,
  draining,
  silent,
  seenSecondsAgo,
}: SeenWorker): string {
  const state = silent
    ? [`no sign of life for ${counted(Math.round(seenSecondsAgo), 'second')}`]
    : draining
      ? ['ends']
      : [];
  const work = [
    `${counted(underWay, 'job')} under way`,
    `${countText(done)} done`,
    `${countText(failed)} failed`,
  ];
  return `${safe(host)} (process ${pid}, ${safe(version)}): ${[...work, ...state].join(', ')}`;
}

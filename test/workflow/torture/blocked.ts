import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Internet } from '../../../src/demo/internet/index.ts';

/** How large a sheet of videos in rows and lists is. */
export interface SheetSize {
  readonly singles: number;
  readonly lists: number;
  /** Videos of each list. */
  readonly inList: number;
  readonly driveRows: number;
}

const HEADER = 'row_id,name,email,type,youtube_playlist,google_drive';

/** A CSV of rows with one video, rows with a list of videos, and rows of Drive, and everything that they point at. */
export async function writeSheet(folder: string, internet: Internet, size: SheetSize): Promise<string> {
  let videos = 0;
  const newVideo = () => {
    const id = `block-${String(videos++).padStart(5, '0')}`;
    internet.youtube.addVideo({ id, seconds: 1, itags: [18], captions: [{ lang: 'en', text: id }] });
    return id;
  };
  const links = Array.from({ length: size.singles + size.lists }, (_, at) =>
    at < size.singles
      ? `https://youtu.be/${newVideo()}`
      : `"https://www.youtube.com/watch_videos?video_ids=${Array.from({ length: size.inList }, newVideo).join(',')}"`,
  );
  // Lists stand among the single videos, so that the block meets both.
  const mixed = links.map((_, at) => links[(at * 7) % links.length] ?? '');
  const rows = mixed.map((link, at) => `y${at},N ${at},n${at}@x,T,${link},`);
  const files = Array.from({ length: size.driveRows }, (_, at) => {
    const id = `block-drive-${at}`;
    internet.drive.addFile({ id, name: `${at}.txt`, body: `words ${at}` });
    return `d${at},D ${at},d${at}@x,T,,https://drive.google.com/file/d/${id}/view`;
  });
  const csv = join(folder, 'people.csv');
  await writeFile(csv, [HEADER, ...rows, ...files, ''].join('\n'));
  return csv;
}

/** Visits to videos, as the server saw them. */
export function visitsOf(internet: Internet): number {
  return internet.requests.filter(({ path }) => path === '/watch').length;
}

/** Visits that came although the host was paused by then. @param graceMs for those that were under way when a pause began */
export function visitsInPauses(
  times: readonly number[],
  pauses: readonly { readonly since: Date; readonly until: Date }[],
  graceMs: number,
): readonly number[] {
  return times.filter((time) =>
    pauses.some(({ since, until }) => time > since.getTime() + graceMs && time < until.getTime()),
  );
}

/**
 * The shortest time between two probes, in milliseconds: visits from the first pause on, those left out that were under way when a
 * pause began, until the host answered. Infinity where there were fewer than two.
 */
export function shortestBetweenProbes(
  times: readonly number[],
  pauses: readonly { readonly since: Date }[],
  graceMs: number,
): number {
  const [first] = pauses;
  const last = pauses.at(-1);
  if (first === undefined || last === undefined) return Infinity;
  // What comes after the last pause began is the probe that was answered, and then the others.
  const probes = times.filter((time) => time > first.since.getTime() + graceMs);
  const refused = probes.filter((time) => time < last.since.getTime());
  const answered = probes[refused.length];
  const all = answered === undefined ? refused : [...refused, answered];
  return Math.min(...all.slice(1).map((time, at) => time - (all[at] ?? 0)), Infinity);
}

/** Notes when each visit came, by a clock, until it is told to stop. */
export function watchVisits(internet: Internet, now: () => number): () => Promise<readonly number[]> {
  const stop = new AbortController();
  const times: number[] = [];
  const watching = (async () => {
    while (!stop.signal.aborted) {
      while (times.length < visitsOf(internet)) times.push(now());
      await sleep(5, undefined, { signal: stop.signal }).catch(() => {});
    }
  })();
  return async () => {
    stop.abort();
    await watching;
    return times;
  };
}

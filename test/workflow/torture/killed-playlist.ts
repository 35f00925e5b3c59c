import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Internet } from '../../../src/demo/internet/index.ts';
import { startCli } from '../../support/cli.ts';
import { visitsOf } from './blocked.ts';

export interface KilledPlaylist {
  readonly folder: string;
  readonly internet: Internet;
  readonly entries: number;
  readonly dead: number;
  readonly kills: number;
}

/** What became of a playlist that was killed on the way. */
export interface KilledPlaylistEnd {
  readonly code: number | null;
  readonly csv: string;
  /** The ids that can be had, in the playlist's order. */
  readonly living: readonly string[];
  /** How often the server sent the media of each. */
  readonly fetches: ReadonlyMap<string, number>;
  /** Media that were fetched again although they were whole and in place when a run was killed. */
  readonly fetchedAgain: readonly string[];
}

/**
 * Fetches a playlist with runs that are killed, with their whole process group, each after its share of the entries, and with a
 * last one that is left alone.
 */
export async function killOnTheWay({
  folder,
  internet,
  entries,
  dead,
  kills,
}: KilledPlaylist): Promise<KilledPlaylistEnd> {
  const ids = Array.from({ length: entries }, (_, at) => `plist-${String(at).padStart(5, '0')}`);
  const isDead = (at: number) =>
    at % Math.floor(entries / dead) === 1 && at < dead * Math.floor(entries / dead);
  ids.forEach((id, at) =>
    internet.youtube.addVideo({
      id,
      seconds: 1,
      itags: [18],
      behaviour: isDead(at) ? (at % 2 === 0 ? 'private' : 'removed') : 'ok',
    }),
  );
  internet.youtube.addPlaylist({ id: 'PLkilled0001', videoIds: ids });
  const csv = join(folder, 'people.csv');
  await writeFile(
    csv,
    'row_id,name,email,type,youtube_playlist,google_drive\n1,A,a@x,T,https://www.youtube.com/playlist?list=PLkilled0001,\n',
  );
  const run = () =>
    startCli(
      ['run', 'people.csv', '--proxy', internet.proxyUrl, '--ca-cert', internet.caCertFile, '--pace', 'off'],
      { cwd: folder, through: ['setsid'] },
    );
  const watches: { readonly inPlace: ReadonlySet<string>; readonly asked: number }[] = [];
  const videos = join(folder, 'youtube_downloads');
  for (let kill = 0; kill < kills; kill++) {
    const from = visitsOf(internet);
    const { child, result } = run();
    let isOver = false;
    void result.finally(() => (isOver = true));
    while (!isOver && visitsOf(internet) < from + Math.floor(entries / (kills + 1))) await sleep(10);
    if (child.pid !== undefined && !isOver) process.kill(-child.pid, 'SIGKILL');
    await result;
    const inPlace = new Set((await readdir(videos)).map((name) => name.slice(0, ids[0]?.length)));
    watches.push({ inPlace, asked: internet.requests.length });
  }
  const last = await run().result;
  const fetchedAgain = watches.flatMap(({ inPlace, asked }) =>
    mediaOf(internet, asked).filter((id) => inPlace.has(id)),
  );
  const fetches = new Map<string, number>();
  for (const id of mediaOf(internet, 0)) fetches.set(id, (fetches.get(id) ?? 0) + 1);
  return { code: last.code, csv, living: ids.filter((_, at) => !isDead(at)), fetches, fetchedAgain };
}

/** The ids whose media were sent since so many requests. */
function mediaOf(internet: Internet, since: number): readonly string[] {
  return internet.requests
    .slice(since)
    .filter(({ path }) => path === '/videoplayback')
    .map(({ query }) => query.get('id') ?? '');
}

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runChild } from '../support/run-child.ts';
import type { World } from './world.ts';

const PYTHON = '/usr/bin/python3';

/** What is fetched: transcripts alone, or videos with their transcripts. */
export type Work = 'transcripts' | 'videos';

/** What a contestant needed. */
export interface Cost {
  readonly seconds: number;
  /** Of all its processes. */
  readonly cpuSeconds: number;
}

export interface Bench {
  readonly root: string;
  readonly folder: string;
  readonly world: World;
}

/** Somebody who fetches the same videos. */
export interface Contestant {
  readonly name: string;
  readonly command: (
    bench: Bench,
    folder: string,
    work: Work,
    ids: readonly string[],
  ) => Promise<readonly string[]>;
}

const urlOf = (id: string) => `https://www.youtube.com/watch?v=${id}`;

export const STEPS: Contestant = {
  name: 'one process a step',
  command: async ({ root }, folder, work, ids) => [
    PYTHON,
    join(root, 'bench', 'baseline', 'youtube.py'),
    work,
    folder,
    ...ids.map(urlOf),
  ],
};

export const BATCH: Contestant = {
  name: 'yt-dlp -a list',
  async command(_, folder, work, ids) {
    const list = join(folder, 'list');
    await writeFile(list, ids.map((id) => `${urlOf(id)}\n`).join(''));
    return [
      ...['yt-dlp', '--ignore-config', '--no-update', '--compat-options', 'no-certifi', '--ies', 'youtube.*'],
      ...['--no-cache-dir', '--no-mtime', '--quiet', '--no-playlist', '--ignore-errors'],
      ...['--output', join(folder, '%(id)s.%(ext)s')],
      ...['--write-subs', '--write-auto-subs', '--sub-langs', 'en,en-orig', '--sub-format', 'vtt'],
      ...(work === 'videos' ? ['--format', 'bv*+ba/b', '--merge-output-format', 'mp4'] : ['--skip-download']),
      ...['-a', list],
    ];
  },
};

/** The real run: ledger, verification, sidecar, hash, write-back. */
export function rowtrail(concurrency: number): Contestant {
  return {
    name: `rowtrail, ${concurrency} at once`,
    async command({ root, world }, folder, work, ids) {
      const csv = join(folder, 'people.csv');
      const rows = ids.map((id, index) => `${index},FF-Fi #${index},https://youtu.be/${id}\n`);
      await writeFile(csv, `row_id,type,youtube_playlist\n${rows.join('')}`);
      return [
        ...[process.execPath, join(root, 'bin', 'rowtrail.js'), 'run', csv],
        ...['--pace', 'off', '--concurrency', String(concurrency), '--youtube-dir', join(folder, 'files')],
        ...['--proxy', world.proxy, '--ca-cert', world.caCert, '--skip-drive'],
        ...(work === 'transcripts' ? ['--transcript-only'] : []),
      ];
    },
  };
}

/**
 * Lets a contestant fetch videos into an empty folder.
 * @throws Error when not everything arrived
 */
export async function measure(
  bench: Bench,
  contestant: Contestant,
  work: Work,
  ids: readonly string[],
): Promise<Cost> {
  const folder = await mkdtemp(join(bench.folder, 'fetched-'));
  try {
    const log = join(folder, 'log');
    const script = join(bench.root, 'bench', 'support', 'measure.py');
    const command = await contestant.command(bench, folder, work, ids);
    const samples = await runChild([PYTHON, script, log, ...command], bench.world.env);
    const names = await readdir(folder, { recursive: true });
    const ending = work === 'videos' ? '.mp4' : '.en.vtt';
    const arrived = names.filter((name) => name.endsWith(ending)).length;
    if (arrived !== ids.length) {
      throw new Error(`${contestant.name}: ${arrived} of ${ids.length}\n${await readFile(log, 'utf8')}`);
    }
    return { seconds: samples['seconds']?.[0] ?? NaN, cpuSeconds: samples['cpuSeconds']?.[0] ?? NaN };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

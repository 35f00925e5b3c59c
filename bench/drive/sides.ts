import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Column } from './columns.ts';

/** Transfers at once, on all sides. */
const AT_ONCE = 32;

/** A program that fetches the same files. */
export interface Side {
  readonly name: string;
  /** What has to be on PATH. */
  readonly program: string;
  /** The names of the columns that it takes part in; all of them where it names none. */
  readonly columns?: readonly string[];
  /**
   * Writes what it is told to fetch, and says how it is started.
   * @param folder a new one, for its files in `out` and for whatever else it needs
   */
  prepare(job: Job): Promise<readonly string[]>;
}

export interface Job {
  readonly column: Column;
  readonly origin: string;
  readonly folder: string;
  /** Of the repository. */
  readonly root: string;
  /** The folder of what was compiled for the measurement. */
  readonly built: string;
}

export const OUT = 'out';

const nameOf = (n: number) => `file-${String(n).padStart(5, '0')}.bin`;

/** The names below the origin, in the order in which they are asked for. */
function pathsOf({ files, bytes }: Column): readonly string[] {
  return Array.from({ length: files }, (_, n) => `${bytes}/${nameOf(n)}`);
}

function addressesOf(column: Column, origin: string): readonly string[] {
  return pathsOf(column).map((path) => `${origin}/${path}`);
}

const rowtrail: Side = {
  name: 'rowtrail',
  program: process.execPath,
  prepare: async ({ column, origin, folder, root }) => {
    const rows = pathsOf(column).map((path, n) => `${n},Person ${n},p${n}@example.org,A,,${origin}/${path}`);
    const csv = join(folder, 'people.csv');
    await writeFile(csv, `row_id,name,email,type,youtube_playlist,google_drive\n${rows.join('\n')}\n`);
    const fixed = ['--skip-youtube', '--allow-direct-links', '--pace', 'off', '--retry-attempts', '1'];
    const launcher = join(root, 'bin', 'rowtrail.js');
    return [
      process.execPath,
      ...[launcher, 'run', csv, '--drive-dir', join(folder, OUT), '--concurrency', String(AT_ONCE), ...fixed],
    ];
  },
};

const curl: Side = {
  name: 'curl',
  program: 'curl',
  prepare: async ({ column, origin, folder }) => {
    const config = join(folder, 'curl.txt');
    const lines = pathsOf(column).map(
      (path, n) => `url = "${origin}/${path}"\noutput = "${join(folder, OUT, nameOf(n))}"`,
    );
    await writeFile(config, `${lines.join('\n')}\n`);
    return [
      'curl',
      '--silent',
      '--show-error',
      '--parallel',
      '--parallel-max',
      String(AT_ONCE),
      '-K',
      config,
    ];
  },
};

const wget2: Side = {
  name: 'wget2',
  program: 'wget2',
  prepare: async ({ column, origin, folder }) => {
    const list = join(folder, 'urls.txt');
    await writeFile(list, `${addressesOf(column, origin).join('\n')}\n`);
    const chunks = column.bytesPerSecond > 0 ? ['--chunk-size=1M'] : [];
    return ['wget2', '-q', `--max-threads=${AT_ONCE}`, ...chunks, '-nd', '-P', join(folder, OUT), '-i', list];
  },
};

const rclone: Side = {
  name: 'rclone',
  program: 'rclone',
  prepare: async ({ column, origin, folder }) => {
    const list = join(folder, 'files.txt');
    await writeFile(list, `${pathsOf(column).join('\n')}\n`);
    const many = column.bytesPerSecond > 0 ? ['--multi-thread-cutoff=1M', '--multi-thread-streams=16'] : [];
    const atOnce = [`--transfers=${AT_ONCE}`, `--checkers=${AT_ONCE}`];
    return [
      ...['rclone', 'copy', '--config=', '--http-url', origin, '--files-from-raw', list, '--no-traverse'],
      ...[...atOnce, ...many, ':http:', join(folder, OUT)],
    ];
  },
};

const aria2c: Side = {
  name: 'aria2c',
  program: 'aria2c',
  prepare: async ({ column, origin, folder }) => {
    const list = join(folder, 'urls.txt');
    await writeFile(list, `${addressesOf(column, origin).join('\n')}\n`);
    const many = column.bytesPerSecond > 0 ? ['-x16', '-s16', '-k1M'] : [];
    const fixed = ['-q', '--file-allocation=none', '--auto-file-renaming=false'];
    return ['aria2c', ...fixed, `-j${AT_ONCE}`, ...many, '-d', join(folder, OUT), '-i', list];
  },
};

/** What Node and undici take by themselves: the limit of what we can be. */
const limit = (name: string, loop: string, kind: readonly string[] = [], atOnce: number = AT_ONCE): Side => ({
  name,
  program: process.execPath,
  prepare: async ({ column, origin, folder, built }) => {
    const list = join(folder, 'urls.txt');
    await writeFile(list, `${addressesOf(column, origin).join('\n')}\n`);
    const program = join(built, 'bench', 'drive', `${loop}.js`);
    return [process.execPath, program, list, join(folder, OUT), String(atOnce), ...kind];
  },
});

/** What the disk takes by itself for files that a crash must not lose: nothing is fetched, so it has no part in slow networks. */
const disk: Side = {
  name: 'the disk alone, in C',
  program: 'cc',
  columns: ['small', 'medium', 'large'],
  prepare: async ({ column, folder, root }) => {
    const program = join(folder, 'store');
    const source = join(root, 'bench', 'baseline', 'store.c');
    const options = ['-O2', '-pthread', '-Wall', '-Wextra', '-o', program];
    const { status } = spawnSync('cc', [...options, source], { stdio: 'inherit' });
    if (status !== 0) throw new Error(`${source} does not compile`);
    return [program, join(folder, OUT), String(column.files), String(column.bytes), String(AT_ONCE)];
  },
};

/** Ours first; within a round each has its turn. */
export const SIDES: readonly Side[] = [
  rowtrail,
  curl,
  wget2,
  rclone,
  aria2c,
  limit('raw socket, nothing else', 'limit-socket'),
  limit('raw socket, hashed and synced', 'limit-hashed-socket'),
  limit('undici loop', 'bare-loop'),
  limit('undici loop with hash and fsync', 'bare-loop', ['durable']),
  limit('undici dispatch with hash and fsync', 'limit-dispatch'),
  { ...limit('the same with sidecar and record', 'limit-promises'), columns: ['small', 'latency'] },
  {
    ...limit('the same, three times as many at once', 'limit-promises', [], 3 * AT_ONCE),
    columns: ['latency'],
  },
  disk,
];

/** The folder of one side's turn. */
export async function makeFolder(parent: string, name: string): Promise<string> {
  const folder = join(parent, name);
  await mkdir(join(folder, OUT), { recursive: true });
  return folder;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, rowtrail } from './contestants.ts';

/** Milliseconds between two looks. */
const LOOK_MS = 100;
const BYTES_A_MB = 1_000_000;

/** What a worker had after so many jobs. */
export interface MemorySample {
  readonly jobs: number;
  readonly megabytes: number;
}

/**
 * Memory of the one worker of a run of many transcripts, looked at from outside.
 * @throws Error where the run fails, or no worker of it was seen
 */
export async function poolMemory(bench: Bench, every: number): Promise<readonly MemorySample[]> {
  const folder = await mkdtemp(join(bench.folder, 'memory-'));
  try {
    const [program = '', ...args] = await rowtrail(1).command(bench, folder, 'transcripts', bench.world.ids);
    const log = await open(join(folder, 'log'), 'w');
    const child = spawn(program, args, { env: bench.world.env, stdio: ['ignore', log.fd, log.fd] });
    const exit = once(child, 'exit').finally(() => log.close());
    const ended = exit.then(() => true);
    const samples: MemorySample[] = [];
    let last: MemorySample | null = null;
    while (!(await Promise.race([ended, sleep(LOOK_MS, false)]))) {
      const megabytes = await workerMemory(bench.root);
      if (megabytes === null) continue;
      last = { jobs: await arrived(join(folder, 'files')), megabytes };
      if (last.jobs >= samples.length * every) samples.push(last);
    }
    const [code] = (await exit) as [number | null];
    if (code !== 0 || last === null) {
      const said = (await readFile(join(folder, 'log'), 'utf8')).slice(-2000);
      throw new Error(`the run whose memory was looked at ended with ${code}:\n${said}`);
    }
    if (samples.at(-1) !== last) samples.push(last);
    return samples;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function arrived(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith('.vtt')).length;
}

/** Resident memory of the processes that run our worker.py; null when there is none. */
async function workerMemory(root: string): Promise<number | null> {
  let found: number | null = null;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [commandLine, status] = await Promise.all(
      ['cmdline', 'status'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')),
    );
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status ?? '')?.[1];
    if (!commandLine?.includes(join(root, 'dist', 'sources', 'youtube', 'engine', 'worker.py'))) continue;
    found = (found ?? 0) + (Number(kilobytes ?? 0) * 1024) / BYTES_A_MB;
  }
  return found;
}

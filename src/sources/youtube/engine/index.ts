import { tmpdir } from 'node:os';
import { runInGroup } from '../../processes/index.ts';
import type { Tool } from '../tools.ts';
import { interpreterOf } from './interpreter.ts';
import type { YtDlpEnd, YtDlpJob } from './job.ts';
import { WorkerPool } from './worker-pool.ts';

export type { YtDlpEnd, YtDlpJob } from './job.ts';

/** The pools of this process, by path and version of yt-dlp; null for one that cannot be imported. */
const pools = new Map<string, Promise<WorkerPool | null>>();

/**
 * Runs yt-dlp once: in a long-lived worker where yt_dlp can be imported, else as a process of its own. A job whose
 * worker is lost is done once more in a process of its own. Where this settles, nothing of the job runs any more.
 * @throws the signal's reason on abort
 */
export async function runYtDlpJob(tool: Tool, job: YtDlpJob, env: NodeJS.ProcessEnv): Promise<YtDlpEnd> {
  const pool = await poolOf(tool, env);
  const end = pool === null ? null : await pool.run(job);
  return end ?? runInGroup({ ...job, command: job.program ?? tool.path });
}

/** Ends all workers that have nothing to do; they end by themselves after a while, and when this process does. */
export async function endIdleWorkers(): Promise<void> {
  for (const pool of pools.values()) await (await pool)?.endIdle();
}

function poolOf(tool: Tool, env: NodeJS.ProcessEnv): Promise<WorkerPool | null> {
  const key = `${tool.path}\n${tool.version}`;
  const known = pools.get(key) ?? makePool(tool, env);
  pools.set(key, known);
  return known;
}

async function makePool({ path, version }: Tool, env: NodeJS.ProcessEnv): Promise<WorkerPool | null> {
  const interpreter = await interpreterOf(path, env).catch(() => null);
  if (interpreter === null) return null;
  return new WorkerPool({
    interpreter,
    version,
    env: {
      PATH: env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
      HOME: env['HOME'] ?? tmpdir(),
      LANG: 'C.UTF-8',
    },
  });
}

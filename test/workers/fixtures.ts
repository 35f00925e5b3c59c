import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import type { CliResult } from '../support/cli.ts';
import { startCli } from '../support/cli.ts';
import { administer, type examplesDesk } from '../store/fixtures.ts';

type Desk = Awaited<ReturnType<typeof examplesDesk>>;

export interface StartedWorker {
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly result: Promise<CliResult>;
}

/** A worker as a process of its own, ended with the test. Its files go into the folder's download folders unless it is told otherwise. */
export function startWorker(
  desk: Pick<Desk, 'folder' | 'env'>,
  store: string,
  ...args: readonly string[]
): StartedWorker {
  const { child, result } = startCli(['worker', '--lease', '5s', ...args], {
    cwd: desk.folder,
    env: desk.env(store),
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  return { kill: (signal) => child.kill(signal), result };
}

/** A run of the desk's CSV that leaves the fetching to workers. */
export function startSharedRun(
  desk: Pick<Desk, 'folder' | 'env'>,
  store: string,
  ...args: readonly string[]
) {
  return startCli(['run', 'people.csv', '--no-download', '--lease', '5s', ...args], {
    cwd: desk.folder,
    env: desk.env(store),
  });
}

/** How often each row was recorded as completed. */
export async function completedIn(store: string): Promise<Readonly<Record<string, number>>> {
  const rows = await administer(
    store,
    `SELECT csv_id || ' ' || row_id || ' ' || download_type AS key, count(*)::int AS count FROM rowtrail.attempt WHERE status = 'completed' GROUP BY 1`,
  ).catch(() => []);
  return Object.fromEntries(rows.map(({ key, count }) => [key as string, count as number]));
}

/** Jobs of the queue that are in this state. */
export async function jobsIn(store: string, state: 'created' | 'retry' | 'active'): Promise<number> {
  return (
    await administer(store, `SELECT 1 FROM rowtrail_queue.job WHERE state = '${state}'`).catch(() => [])
  ).length;
}

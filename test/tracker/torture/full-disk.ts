import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { Child } from './child.ts';

/** Bytes of the disk: a few CSVs of the test, their ledger and backups. */
const DISK = 'size=6m';

/**
 * The command that gives what it starts a disk of its own at a folder, gone with the process; null where this user may not
 * mount anything.
 */
export function smallDisk(folder: string): readonly string[] | null {
  const mount = ['sh', '-c', `mount -t tmpfs -o ${DISK} none "$0" && exec "$@"`, folder];
  const ways = [
    ['unshare', '--mount', ...mount],
    ['unshare', '--user', '--map-root-user', '--mount', ...mount],
  ];
  return ways.find(([command = '', ...args]) => spawnSync(command, [...args, 'true']).status === 0) ?? null;
}

/**
 * Fills a small disk to every height and reports results on it.
 * @returns each outcome and how often there was one
 * @throws AssertionError when the CSV is not whole, a partial file stays or a recorded result is not made good
 */
export async function fillToEveryHeight(
  folder: string,
  disk: readonly string[],
  steps: number,
): Promise<ReadonlyMap<string, number>> {
  const child = new Child('small-disk.ts', [folder, steps], disk);
  try {
    await child.line('done', 20_000 + steps * 5000);
  } finally {
    await child.kill();
  }
  assert.equal(child.errors, '');
  assert.deepEqual(
    child.lines.filter((line) => line.startsWith('wrong ')),
    [],
  );
  const outcomes = new Map<string, number>();
  for (const line of child.lines.slice(0, -1)) {
    const outcome = line.split(' ').slice(2).join(' ');
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  return outcomes;
}

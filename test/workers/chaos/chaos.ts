import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Internet } from '../../../src/demo/internet/index.ts';
import { HEADER, reach } from '../../cli/fixtures.ts';
import { administer } from '../../store/fixtures.ts';
import { runCli, startCli } from '../../support/cli.ts';
import type { OwnPostgres } from '../../support/postgres-process.ts';
import { Crowd } from './crowd.ts';
import { type Findings, findingsOf } from './findings.ts';

const LEASE_S = 5;
/** Places that the host gives all workers together. */
export const CONCURRENCY = 8;
/** Between two disturbances (milliseconds): the least, and how much may be added. */
const PEACE = { least: 1000, more: 2500 };
/** How long a worker is stopped beyond its lease (milliseconds). */
const BEYOND = { least: 1000, more: 3000 };
const DRIVE_HOST = 'drive.usercontent.google.com';

export interface ChaosOptions {
  readonly postgres: Omit<OwnPostgres, 'remove'>;
  /** A database of its own. */
  readonly store: string;
  readonly internet: Internet;
  /** An empty folder, for the CSV and the downloads. */
  readonly folder: string;
  /** Names the files of this story on the host. */
  readonly name: string;
  readonly items: number;
  readonly workers: number;
  /** Milliseconds between two downloads of all workers together. */
  readonly paceMs: number;
  /** Whether anything happens to workers and PostgreSQL. */
  readonly isDisturbed: boolean;
  readonly random: () => number;
}

export interface ChaosReport extends Findings {
  /** From the start of the run until everything is completed. */
  readonly seconds: number;
  readonly killed: number;
  readonly paused: number;
  readonly restarts: number;
  /** Downloads that lost three workers, and were asked for again. */
  readonly askedAgain: number;
  /** Downloads that the host was sending at the same time. */
  readonly mostAtOnce: number;
}

/** A CSV is worked off by several workers that are killed and stopped beyond their leases, while PostgreSQL crashes twice. */
export async function liveThroughChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { internet, folder, store, workers, isDisturbed } = options;
  await writeFile(
    join(folder, 'people.csv'),
    linesOf(options)
      .map((line) => `${line}\r\n`)
      .join(''),
  );
  const env = { ...reach(internet), ROWTRAIL_PACE: `${options.paceMs}ms`, ROWTRAIL_STORE: store };
  const place = { cwd: folder, env };
  const requestsBefore = internet.requests.length;
  const crowd = new Crowd({
    count: workers,
    args: ['worker', '--lease', `${LEASE_S}s`, '--concurrency', String(CONCURRENCY), '--quiet'],
    ...place,
  });
  const start = performance.now();
  let restarts = 0;
  let askedAgain = 0;
  try {
    const run = () =>
      startCli(['run', 'people.csv', '--no-download', '--lease', `${LEASE_S}s`, '--quiet'], place).result;
    const ended = run();
    const isOver = ended.then(
      () => true,
      () => true,
    );
    if (isDisturbed) restarts = await disturb(options, crowd, isOver);
    await ended;
    // What lost three workers is not tried again unasked; here it was we who killed them.
    while ((askedAgain += await failedIn(store)) > 0 && (await failedIn(store)) > 0) {
      await runCli(['retry', 'people.csv', '--cause', 'workers_lost'], place);
      await run();
    }
  } finally {
    await crowd.close();
  }
  const seconds = (performance.now() - start) / 1000;
  const { killed, paused } = crowd;
  const mostAtOnce = mostTogether(internet.requests.slice(requestsBefore));
  return { seconds, killed, paused, restarts, askedAgain, mostAtOnce, ...(await findingsOf(folder, store)) };
}

/** @returns how often PostgreSQL crashed */
async function disturb(
  { postgres, store, items, random }: ChaosOptions,
  crowd: Crowd,
  isOver: Promise<boolean>,
) {
  const crashesAt = [items / 3, (items * 2) / 3];
  let restarts = 0;
  for (;;) {
    const rest = sleep(PEACE.least + random() * PEACE.more, false);
    if (await Promise.race([isOver, rest])) return restarts;
    if ((await completedIn(store)) > (crashesAt[restarts] ?? Infinity)) {
      await postgres.stop();
      await sleep(200);
      await postgres.start();
      restarts++;
    } else if (random() < 0.5) await crowd.kill(Math.floor(random() * 1000));
    else crowd.pause(Math.floor(random() * 1000), LEASE_S * 1000 + BEYOND.least + random() * BEYOND.more);
  }
}

function linesOf({ internet, items, name }: ChaosOptions): readonly string[] {
  return [
    HEADER,
    ...Array.from({ length: items }, (_, n) => {
      const file = internet.drive.addFile({
        id: `chaos-${name}-file-${n}`,
        name: `${n}.bin`,
        body: { size: 4000 + n, seed: n },
      });
      file.faults.download = { latencyMs: 50 };
      return `${n},N ${n},n${n}@x.example,T,,https://drive.google.com/file/d/${file.id}/view`;
    }),
  ];
}

async function completedIn(store: string): Promise<number> {
  const [found] = await administer(
    store,
    "SELECT count(*)::int AS count FROM rowtrail.download WHERE status = 'completed'",
  ).catch(() => []);
  return (found?.['count'] as number | undefined) ?? 0;
}

async function failedIn(store: string): Promise<number> {
  const [found] = await administer(
    store,
    "SELECT count(*)::int AS count FROM rowtrail.download WHERE status = 'failed' AND cause = 'workers_lost'",
  );
  return found?.['count'] as number;
}

/** How many downloads were sent at the same moment, at most. */
function mostTogether(requests: Internet['requests']): number {
  const steps = requests
    .filter(({ host }) => host === DRIVE_HOST)
    .flatMap(({ at, endedAt }) => [
      { at, by: 1 },
      { at: endedAt ?? Infinity, by: -1 },
    ])
    // What ends in a millisecond makes room for what begins in it.
    .toSorted((one, other) => one.at - other.at || one.by - other.by);
  let now = 0;
  let most = 0;
  for (const { by } of steps) most = Math.max(most, (now += by));
  return most;
}

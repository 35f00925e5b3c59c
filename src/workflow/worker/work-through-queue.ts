import { outputAt } from '../../files/index.ts';
import { openQueue } from '../../queue/index.ts';
import { DOWNLOAD_TYPES, type DownloadType } from '../../row/index.ts';
import { DEFAULTS } from '../options.ts';
import type { Due } from '../planning/plan-counts.ts';
import type { RunContext } from '../run-context.ts';
import { whyUntried } from '../environment/why-untried.ts';
import { recordDeadJobs } from './dead-jobs.ts';
import { Follower } from './follower.ts';
import { openParts } from './open-parts.ts';
import { QueueRun } from './queue-run.ts';
import { Worker } from './worker.ts';

/**
 * Works off what is due through the queue of a store: adds its jobs, follows what all workers record, and works on them itself unless the run is
 * told not to. The run lock is held: what an earlier run of this CSV has in the queue is withdrawn, and what that run itself had taken comes
 * back at once.
 */
export async function workThroughQueue(run: RunContext, due: Due): Promise<void> {
  const { tracker, options, clock, tally, folders } = run;
  const { store, csv, ledger } = await tracker.inStore();
  const types = await typesOf(run, due);
  if (types.length === 0) return;
  const milliseconds = options.lease ?? DEFAULTS.lease;
  const leaseSeconds = Math.max(1, Math.ceil(milliseconds / 1000));
  const queue = await openQueue(store.connections, { leaseSeconds });
  try {
    await queue.releaseOfRun(csv.key);
    await queue.withdraw(csv.key);
    const follower = await Follower.of(run, ledger);
    await using opened = openParts({
      store,
      queue,
      lease: { holder: 'run', milliseconds },
      options,
      clock,
      hosts: run.hosts,
      folders,
      board: run.board,
      progress: run.progress,
      whenOpen: (signal) => run.gate.whenOpen(signal),
      begun: run.begun,
      recorded: run.logged,
      ended: () => {},
      tell: run.tell,
      note: run.note,
    });
    const worker = new Worker(opened.parts, { types, csv: csv.key, leaseSeconds });
    const shared = new QueueRun(run, {
      queue,
      csv,
      follower,
      types,
      pauseOf: (type) => worker.pauseOf(type),
      recordDead: () => recordDeadJobs(opened.parts),
    });
    await shared.work(options.download === false ? null : worker);
  } finally {
    await queue.close();
  }
  for (const type of types) {
    if (tally.of(type).undone === 0 && options.download !== false)
      await outputAt(folders[type]).clearStaging([]);
  }
}

/** The download types of which something is due, and which can be had. */
async function typesOf({ options, clock, note }: RunContext, due: Due): Promise<readonly DownloadType[]> {
  const types: DownloadType[] = [];
  for (const type of DOWNLOAD_TYPES) {
    if (due[type] === 0) continue;
    // Where others do everything, what this machine lacks is of no account.
    const untried = options.download === false ? null : await whyUntried(type, options, clock.now());
    if (untried === null) types.push(type);
    else note(untried);
  }
  return types;
}

import { outputAt } from '../files/index.ts';
import { forwardClock } from '../hosts/index.ts';
import type { DownloadType } from '../row/index.ts';
import { endIdleWorkers } from '../sources/index.ts';
import { limitOf } from './planning/decide.ts';
import { DEFAULTS } from './options.ts';
import { DOWNLOADS_A_PLACE } from './pacing/places.ts';
import { iterateTasks } from './planning/tasks.ts';
import { OutputGate } from './pacing/output-gate.ts';
import type { RunContext } from './run-context.ts';
import { SourceWork } from './source-work.ts';
import { TaskFeed } from './planning/task-feed.ts';
import { whyUntried } from './environment/why-untried.ts';
import { WorkGroup } from './work-group.ts';

/**
 * Works off one download type with its own workers, so that one host's trouble never holds up the other.
 * @param count downloads that are due
 */
export async function workOff(run: RunContext, type: DownloadType, count: number): Promise<void> {
  if (count === 0) return;
  const { tracker, options, clock, tally, runId, board } = run;
  const untried = await whyUntried(type, options, clock.now());
  if (untried !== null) {
    run.note(untried);
    return;
  }
  const now = () => new Date(clock.now());
  const limit = limitOf(type, options) - tally.of(type).tried;
  const tasks = iterateTasks({ tracker, downloadType: type, options, now, runId, limit });
  const feed = new TaskFeed(tasks, forwardClock(clock), board);
  const gate = new OutputGate(run.folders[type], (message) => run.note(message));
  const workers = new WorkGroup(options.signal);
  const source = new SourceWork({ ...run, options: { ...options, signal: workers.signal } }, feed, gate);
  const output = outputAt(run.folders[type]);
  const held = type === 'drive' ? output.holdSmallFiles() : null;
  // What it fails with is met at the end; until then it must not count as unhandled.
  held?.catch(() => {});
  const places = (options.concurrency ?? DEFAULTS.concurrency) * DOWNLOADS_A_PLACE[type];
  try {
    await workers.all(Array.from({ length: places }, () => source.work()));
  } finally {
    await feed.close();
    await (
      await held
    )?.();
    if (type === 'youtube') await endIdleWorkers();
  }
  source.giveUpWaiting();
  if (tally.of(type).undone === 0) await output.clearStaging([]);
}

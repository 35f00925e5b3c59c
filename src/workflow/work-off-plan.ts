import { isDeepStrictEqual } from 'node:util';
import { DOWNLOAD_TYPES } from '../row/index.ts';
import { countStatuses } from '../tracker/index.ts';
import { limitOf } from './planning/decide.ts';
import { planRun } from './planning/plan.ts';
import { type Due, dueIn, type Plan } from './planning/plan-counts.ts';
import type { RunContext } from './run-context.ts';
import type { RunTally } from './reporting/run-summary.ts';
import { workOff } from './work-off.ts';
import { WorkGroup } from './work-group.ts';
import { workThroughQueue } from './worker/work-through-queue.ts';

/**
 * Works off a plan, all types at the same time, and then what became due meanwhile because others added rows or set back what was done.
 * It ends once nothing was added, or nothing could be tried of what was: a CSV that is only touched, on and on, keeps no run going.
 */
export async function workOffPlan(run: RunContext, plan: Plan): Promise<void> {
  const { tracker, options, tally, progress } = run;
  const triedSoFar = () => DOWNLOAD_TYPES.reduce((sum, type) => sum + tally.of(type).tried, 0);
  const expect = (due: Due) => DOWNLOAD_TYPES.forEach((type) => tally.due(type, due[type]));
  let due = dueIn(plan);
  expect(due);
  for (;;) {
    const edits = tracker.foreignEdits;
    const tried = triedSoFar();
    await workOffDue(run, due);
    const hasChanged = await countAnew(run, edits);
    if (!hasChanged || options.signal?.aborted) return;
    due = await dueNow(run);
    const added = addedBy(due, tally);
    expect(due);
    if (added === 0 || triedSoFar() === tried) return;
    for (const type of DOWNLOAD_TYPES) progress.expect(type, tally.of(type).tried + due[type]);
    const downloads = added === 1 ? '1 more download is' : `${added} more downloads are`;
    run.note(`the CSV was changed meanwhile: ${downloads} tried`);
  }
}

/** How many downloads are due beyond what was left before. */
function addedBy(due: Due, tally: RunTally): number {
  return DOWNLOAD_TYPES.reduce((sum, type) => sum + Math.max(due[type] - tally.of(type).left, 0), 0);
}

async function workOffDue(run: RunContext, due: Due): Promise<void> {
  const { tracker, options } = run;
  if (tracker.store !== undefined) return workThroughQueue(run, due);
  const sources = new WorkGroup(options.signal);
  const stoppable = { ...run, options: { ...options, signal: sources.signal } };
  await sources.all(DOWNLOAD_TYPES.map((type) => workOff(stoppable, type, due[type])));
}

/**
 * Writes the results into the CSV, takes in what others changed, and counts how the downloads stand.
 * @param edits how often others had changed the CSV before
 * @returns whether they changed something: rows, or the status of downloads
 */
async function countAnew({ tracker, counts, pacer }: RunContext, edits: number): Promise<boolean> {
  // Why it cannot be written is met when the run ends.
  await pacer.flush().catch(() => {});
  const { now: counted } = counts;
  await using snapshot = await tracker.snapshot();
  counts.begin(await countStatuses(snapshot, await tracker.overlay(snapshot)));
  return tracker.foreignEdits !== edits || !isDeepStrictEqual(counts.now, counted);
}

/** What is due of the CSV as it is now and was not tried by this run, within its limits. */
async function dueNow({ tracker, options, clock, runId, tally }: RunContext): Promise<Due> {
  const unlimited = { ...options, maxYoutube: undefined, maxDrive: undefined };
  const due = dueIn(await planRun(tracker, unlimited, new Date(clock.now()), { exceptOf: runId }));
  const within = (type: keyof Due) => Math.min(due[type], limitOf(type, options) - tally.of(type).tried);
  return { youtube: within('youtube'), drive: within('drive') };
}

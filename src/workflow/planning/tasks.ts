import { CsvChangedError, type CsvRow } from '../../csv/index.ts';
import type { DownloadType } from '../../row/index.ts';
import { type CsvTracker, type EffectiveStatus, stateOf, type StatusOverlay } from '../../tracker/index.ts';
import { decide, isSkipped, type PlanOptions } from './decide.ts';

/** What of its row a task is about; a worker knows no more of it. */
export type TaskRow = Pick<CsvRow, 'context' | 'line' | 'links'>;

/** A download that a run is to try. */
export interface Task {
  readonly row: TaskRow;
  readonly downloadType: DownloadType;
  readonly link: string;
  /** Its status before this run tried it; of one that is being tried or was put off, `pending`. */
  readonly before: 'pending' | 'completed' | 'failed';
  /** False when its link cannot be used: then no host is asked. */
  readonly needsHost: boolean;
  /** Whether it is completed, and looked at only for what its list has got since. */
  readonly refreshes: boolean;
  /** How often a person had changed the CSV by the time it was read. */
  readonly edits: number;
}

/** What a run's tasks are made of. */
export interface TaskSource {
  readonly tracker: CsvTracker;
  readonly downloadType: DownloadType;
  readonly options: PlanOptions;
  readonly now: () => Date;
  /** Downloads that this run has begun already are not begun again. */
  readonly runId: string;
  /** So many at most. */
  readonly limit: number;
}

/**
 * The downloads of a run in file order, each decided at the moment when it is taken. When a person's edits were taken in
 * meanwhile, it goes on in the changed file with what this run has not begun yet.
 */
export async function* iterateTasks(source: TaskSource): AsyncGenerator<Task> {
  const { downloadType, options, limit } = source;
  if (isSkipped(downloadType, options)) return;
  const budget = { left: limit };
  for (let wasEdited = true; wasEdited;) {
    try {
      wasEdited = yield* tasksIn(source, budget);
    } catch (error) {
      if (!(error instanceof CsvChangedError)) throw error;
    }
  }
}

/** The tasks of one state of the CSV. @returns whether it ended because a person's edits were taken in */
async function* tasksIn(source: TaskSource, budget: { left: number }): AsyncGenerator<Task, boolean> {
  const { tracker } = source;
  const pass: TaskPass = { next: 0, overlay: null, edits: 0 };
  for (;;) {
    const tasks = await readTasks(source, pass);
    if (tasks === null) return true;
    for (const task of tasks) {
      if (budget.left-- <= 0) return false;
      yield task;
      if (tracker.foreignEdits !== pass.edits) return true;
    }
    if (pass.next === Infinity) return tracker.foreignEdits !== pass.edits;
  }
}

/** How far a pass over the CSV's rows is. */
interface TaskPass {
  /** The first row that was not looked at; Infinity at the end. */
  next: number;
  /** The statuses as of the beginning. */
  overlay: StatusOverlay | null;
  edits: number;
}

/** Rows that are read at a time. In between nothing is held of a file that our own write-backs replace meanwhile. */
const ROWS_AT_ONCE = 256;

/** The tasks among the next rows; null when a person's edits were taken in since the pass began. */
async function readTasks(
  { tracker, downloadType, options, now, runId }: TaskSource,
  pass: TaskPass,
): Promise<readonly Task[] | null> {
  await using snapshot = await tracker.snapshot();
  const { index } = snapshot;
  if (pass.overlay === null) {
    pass.edits = tracker.foreignEdits;
    pass.overlay = await tracker.overlay(snapshot, runId);
  }
  if (tracker.foreignEdits !== pass.edits) return null;
  const { overlay } = pass;
  overlay.follow(index);
  const rows: number[] = [];
  let at = pass.next;
  for (; at < index.rowCount && rows.length < ROWS_AT_ONCE; at++) {
    if (index.hasLink(at, downloadType) && !index.isTooLong(at) && !overlay.wasBegun(at, downloadType))
      rows.push(at);
  }
  pass.next = at < index.rowCount ? at : Infinity;
  const tasks: Task[] = [];
  for await (const row of snapshot.readRows(rows)) {
    const state = stateOf(row, downloadType, overlay);
    const decision = decide(row, downloadType, state, options, now().toISOString());
    if (decision === 'to_fetch' || decision === 'malformed')
      tasks.push({
        row,
        downloadType,
        link: row.links[downloadType],
        before: countedAs(state.status),
        needsHost: decision === 'to_fetch',
        refreshes:
          state.status === 'completed' && (state.scope === 'full' || options.transcriptOnly === true),
        edits: pass.edits,
      });
  }
  return tasks;
}

function countedAs(status: EffectiveStatus['status']): Task['before'] {
  return status === 'completed' || status === 'failed' ? status : 'pending';
}

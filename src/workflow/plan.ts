import { CsvChangedError, type CsvIndex, type CsvRow } from '../csv/index.ts';
import { DOWNLOAD_TYPES, type DownloadType } from '../row/index.ts';
import { parseDriveLinks, parseYoutubeLinks } from '../sources/index.ts';
import {
  countStatuses,
  type CsvTracker,
  type DownloadStatusSummary,
  type EffectiveStatus,
  isPending,
  stateOf,
  type StatusOverlay,
} from '../tracker/index.ts';
import type { WorkflowOptions } from './options.ts';
import type { Plan, TypePlan } from './plan-counts.ts';

/** What is to be done about one download of one row. */
export type Decision =
  'no_link' | 'malformed' | 'already_here' | 'given_up' | 'waiting' | 'skipped' | 'to_fetch';

/** A download that a run is to try. */
export interface Task {
  readonly row: CsvRow;
  readonly downloadType: DownloadType;
  readonly link: string;
  /** Its status before this run tried it; of one that is being tried or was put off, `pending`. */
  readonly before: 'pending' | 'completed' | 'failed';
  /** False when its link cannot be used: then no host is asked. */
  readonly needsHost: boolean;
}

export type PlanOptions = Pick<
  WorkflowOptions,
  | 'includeFailed'
  | 'retryAttempts'
  | 'skipYoutube'
  | 'skipDrive'
  | 'maxYoutube'
  | 'maxDrive'
  | 'transcriptOnly'
  | 'allowDirectLinks'
>;

/** What to do about one download, from the row and its state alone. */
export function decide(
  row: CsvRow,
  downloadType: DownloadType,
  state: EffectiveStatus,
  options: PlanOptions,
  now: string,
): Decision {
  const decision = decideByState(row, downloadType, state, options, now);
  if (decision !== 'to_fetch' || state.status === 'completed') return decision;
  return targetsOf(row, downloadType, options).error === null ? 'to_fetch' : 'malformed';
}

/** The same without a look at what the link says. */
function decideByState(
  row: CsvRow,
  downloadType: DownloadType,
  state: EffectiveStatus,
  options: PlanOptions,
  now: string,
): Exclude<Decision, 'malformed'> {
  if (row.links[downloadType] === '') return 'no_link';
  if (isSkipped(downloadType, options)) return 'skipped';
  if (state.status === 'completed') {
    return state.scope === 'transcript' && options.transcriptOnly !== true ? 'to_fetch' : 'already_here';
  }
  const { includeFailed, retryAttempts } = options;
  const chosen = {
    ...(includeFailed === undefined ? {} : { includeFailed }),
    ...(retryAttempts === undefined ? {} : { retryAttempts }),
  };
  if (!isPending(state, chosen)) return 'given_up';
  return state.notBefore !== null && state.notBefore > now ? 'waiting' : 'to_fetch';
}

/** What a run's tasks are made of. */
export interface TaskSource {
  readonly tracker: CsvTracker;
  readonly downloadType: DownloadType;
  readonly options: PlanOptions;
  readonly now: () => Date;
  /** Downloads that this run has begun already are not begun again. */
  readonly runId: string;
}

/**
 * The downloads of a run in file order, each decided at the moment when it is taken. When a person's edits were taken in
 * meanwhile, it goes on in the changed file with what this run has not begun yet.
 */
export async function* iterateTasks(source: TaskSource): AsyncGenerator<Task> {
  const { downloadType, options } = source;
  if (isSkipped(downloadType, options)) return;
  const budget = { left: limitOf(downloadType, options) };
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
      });
  }
  return tasks;
}

function countedAs(status: EffectiveStatus['status']): Task['before'] {
  return status === 'completed' || status === 'failed' ? status : 'pending';
}

/**
 * Honest counts before anything is fetched; reads only.
 * @param onStatuses is given the counts by status, which are known by the way
 */
export async function planRun(
  tracker: CsvTracker,
  options: PlanOptions,
  now: Date,
  onStatuses?: (summary: DownloadStatusSummary) => void,
): Promise<Plan> {
  await using snapshot = await tracker.snapshot();
  const overlay = await tracker.overlay(snapshot);
  const { index } = snapshot;
  onStatuses?.(await countStatuses(snapshot, overlay));
  const counts = { youtube: nothing(), drive: nothing() };
  const withLink = { youtube: 0, drive: 0 };
  let waitingUntil: string | null = null;
  const hasLink = (at: number) => DOWNLOAD_TYPES.some((type) => index.hasLink(at, type));
  for await (const row of snapshot.readRows(hasLink)) {
    for (const type of DOWNLOAD_TYPES) {
      if (!index.hasLink(row.index, type)) continue;
      withLink[type]++;
      const state = stateOf(row, type, overlay);
      const decision = decideByState(row, type, state, options, now.toISOString());
      if (index.isTooLong(row.index) && (decision === 'to_fetch' || decision === 'waiting'))
        counts[type].unusable++;
      else tally(counts[type], decision, row, type, options);
      if (decision === 'waiting') waitingUntil = earlier(waitingUntil, state.notBefore);
    }
  }
  for (const type of DOWNLOAD_TYPES) {
    counts[type].noLink = index.rowCount - withLink[type];
    cutTo(counts[type], limitOf(type, options));
  }
  return { totalRows: index.rowCount, ...counts, waitingUntil, unusable: unusableRows(index) };
}

/** What is over the run's limit is left out; it takes downloads in file order, so which kinds those are is not known. */
function cutTo(plan: TypePlan, limit: number): void {
  const over = plan.toFetch + plan.malformed - limit;
  if (over <= 0) return;
  const fetched = Math.min(over, plan.toFetch);
  plan.skipped += over;
  plan.toFetch -= fetched;
  plan.malformed -= over - fetched;
}

function earlier(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}

function tally(
  plan: TypePlan,
  decision: Exclude<Decision, 'malformed'>,
  row: CsvRow,
  type: DownloadType,
  options: PlanOptions,
): void {
  switch (decision) {
    case 'no_link':
      break;
    case 'already_here':
      plan.alreadyHere++;
      break;
    case 'given_up':
      plan.givenUp++;
      break;
    case 'waiting':
      plan.waiting++;
      break;
    case 'skipped':
      plan.skipped++;
      break;
    case 'to_fetch': {
      const { error, targets } = targetsOf(row, type, options);
      if (error !== null) plan.malformed++;
      else plan.toFetch++;
      if (error === null && targets.some(({ kind }) => kind === 'folder' || kind === 'playlist'))
        plan.folder++;
      break;
    }
  }
}

function targetsOf(row: CsvRow, type: DownloadType, { allowDirectLinks }: PlanOptions) {
  return type === 'youtube'
    ? parseYoutubeLinks(row.links.youtube)
    : parseDriveLinks(row.links.drive, { allowDirectLinks });
}

function isSkipped(type: DownloadType, { skipYoutube, skipDrive }: PlanOptions): boolean {
  return (type === 'youtube' ? skipYoutube : skipDrive) === true;
}

function limitOf(type: DownloadType, { maxYoutube, maxDrive }: PlanOptions): number {
  return (type === 'youtube' ? maxYoutube : maxDrive) ?? Infinity;
}

function unusableRows({ skipped }: CsvIndex): Plan['unusable'] {
  return [
    { reason: 'more cells than the header', ...skipped.tooLong },
    { reason: 'no row_id', ...skipped.emptyRowId },
  ].filter(({ count }) => count > 0);
}

function nothing(): TypePlan {
  return {
    noLink: 0,
    malformed: 0,
    folder: 0,
    alreadyHere: 0,
    givenUp: 0,
    waiting: 0,
    unusable: 0,
    skipped: 0,
    toFetch: 0,
  };
}

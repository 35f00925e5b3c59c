import type { CsvIndex, CsvRow } from '../../csv/index.ts';
import { DOWNLOAD_TYPES, type DownloadType } from '../../row/index.ts';
import {
  countStatuses,
  type CsvTracker,
  type DownloadStatusSummary,
  type EffectiveStatus,
  stateOf,
} from '../../tracker/index.ts';
import { decideByState, type Decision, limitOf, type PlanOptions, targetsOf } from './decide.ts';
import type { Plan, TypePlan } from './plan-counts.ts';

interface Surroundings {
  /** Is given the counts by status, which are known by the way. */
  readonly onStatuses?: (summary: DownloadStatusSummary) => void;
  /** Rows whose Drive downloads the run makes due before it begins. */
  readonly dueAnew?: ReadonlySet<string>;
  /** The id of a run: what it has begun is not counted. */
  readonly exceptOf?: string;
}

/** Honest counts before anything is fetched; reads only. */
export async function planRun(
  tracker: CsvTracker,
  options: PlanOptions,
  now: Date,
  { onStatuses, dueAnew, exceptOf }: Surroundings = {},
): Promise<Plan> {
  await using snapshot = await tracker.snapshot();
  const overlay = await tracker.overlay(snapshot, exceptOf);
  const { index } = snapshot;
  onStatuses?.(await countStatuses(snapshot, overlay));
  const counts = { youtube: nothing(), drive: nothing() };
  const withLink = { youtube: 0, drive: 0 };
  let waitingUntil: string | null = null;
  const at = now.toISOString();
  const hasLink = (row: number) => DOWNLOAD_TYPES.some((type) => index.hasLink(row, type));
  for await (const row of snapshot.readRows(hasLink)) {
    for (const type of DOWNLOAD_TYPES) {
      if (!index.hasLink(row.index, type) || overlay.wasBegun(row.index, type)) continue;
      withLink[type]++;
      const known = stateOf(row, type, overlay);
      const isDueAnew = type === 'drive' && dueAnew?.has(row.context.rowId) === true;
      const state: EffectiveStatus = isDueAnew ? { ...known, status: 'pending' } : known;
      const decision = decideByState(row, type, state, options, at);
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

import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileError, RowtrailError } from '../../errors/index.ts';
import { discardStaging } from '../../files/index.ts';
import { type CsvTracker, isLockHeld, type TrackerOptions, withTracker } from '../../tracker/index.ts';
import { foldersOf } from '../verify.ts';
import { findLeftovers } from './find-leftovers.ts';
import { type Leftover, planCleaning } from './leftovers.ts';

export interface CleanOptions extends TrackerOptions {
  /** Download folders (default `youtube_downloads` and `drive_downloads` under the working directory). */
  readonly youtubeDir?: string | undefined;
  readonly driveDir?: string | undefined;
  /** The newest backups stay, so many (default 3). */
  readonly keepBackups?: number | undefined;
  /** Only what is older goes, milliseconds (default: staging of any age, backups and logs of 30 days). */
  readonly olderThanMs?: number | undefined;
  /** True does it; else it is only said what would go. */
  readonly apply?: boolean | undefined;
  readonly now?: (() => Date) | undefined;
}

/** What was left over and goes, or went. */
export interface Cleaning {
  readonly csvPath: string;
  readonly applied: boolean;
  readonly leftovers: readonly Leftover[];
  /** Bytes of them, all together. */
  readonly bytes: number;
  /** Samples of the metrics in the ledger. */
  readonly samples: number;
  /** Staging that stays because it is used. */
  readonly kept: readonly { readonly path: string; readonly why: string }[];
  /** What could not be removed, and why. */
  readonly problems: readonly { readonly path: string; readonly why: string }[];
}

/**
 * Clears away what runs left: staging that nobody uses, old backups, old logs of runs, old samples of the metrics. No file of a row is
 * touched, nor anything that somebody uses. A kill in the middle leaves a part that is gone; called again it does the rest.
 * @throws RowtrailError `locked` while a run works on the CSV and something is to go
 */
export function cleanLeftovers(csvPath = 'output.csv', options: CleanOptions = {}): Promise<Cleaning> {
  return withTracker(csvPath, (tracker) => cleanWith(tracker, options), options);
}

async function cleanWith(tracker: CsvTracker, options: CleanOptions): Promise<Cleaning> {
  const { apply = false, keepBackups, olderThanMs, now = () => new Date() } = options;
  const { csv, runLock } = tracker.place;
  await using lock = apply ? await tracker.tryRunLock() : null;
  if (apply && lock === null)
    throw new RowtrailError('locked', 'another rowtrail run works on this CSV', { file: csv });
  const isLive = !apply && (await isLockHeld(runLock));
  const found = await findLeftovers(tracker, foldersOf(options), isLive);
  const wishes = { keepBackups: keepBackups ?? null, olderThanMs: olderThanMs ?? null };
  const plan = planCleaning(isLive ? { ...found, logs: found.logs.slice(0, -1) } : found, wishes, now());
  const ledger = await tracker.existingLedger();
  const old = (await ledger?.samplesSince('')) ?? [];
  const samples = old.filter(({ at }) => at < plan.samplesBefore).length;
  const problems: { path: string; why: string }[] = [];
  const gone: Leftover[] = [];
  for (const leftover of apply ? plan.goes : []) {
    const why = await remove(leftover);
    if (why === null) gone.push(leftover);
    else problems.push({ path: leftover.path, why });
  }
  if (apply && samples > 0) await ledger?.dropSamples(plan.samplesBefore);
  const leftovers = apply ? gone : plan.goes;
  return {
    csvPath: csv,
    applied: apply,
    leftovers,
    bytes: leftovers.reduce((sum, { bytes }) => sum + bytes, 0),
    samples,
    kept: plan.kept,
    problems,
  };
}

/** @returns why it stays, or null */
async function remove({ kind, path }: Leftover): Promise<string | null> {
  try {
    if (kind !== 'staging') await rm(path, { force: true });
    else if (!(await discardStaging(join(dirname(path), '..'), path))) return 'somebody works in it';
    return null;
  } catch (error) {
    return fileError(error, 'It cannot be removed').message;
  }
}

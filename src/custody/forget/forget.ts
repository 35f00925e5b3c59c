import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RowtrailError } from '../../errors/index.ts';
import { discardStaging, isBucketAddress, resolvePlace, syncFolder } from '../../files/index.ts';
import { type CsvTracker, type TrackerOptions, withTracker } from '../../tracker/index.ts';
import { foldersOf } from '../verify.ts';
import type { Folders } from '../world.ts';
import { besideTraces, type BesideTrace, cleanBeside, type Wanted } from './beside.ts';
import { searchForLeft } from './proof.ts';
import { type Trace, type Traces, tracesOf, textsOfPerson } from './traces.ts';

export interface ForgetOptions extends TrackerOptions {
  /** Download folders (default `youtube_downloads` and `drive_downloads` under the working directory). */
  readonly youtubeDir?: string | undefined;
  readonly driveDir?: string | undefined;
  /** True does it; else it is only said what would be removed. */
  readonly apply?: boolean | undefined;
  readonly now?: (() => Date) | undefined;
}

/** What is known of a row and goes, or went. */
export interface Forgotten {
  readonly rowId: string;
  readonly csvPath: string;
  /** Where the row stands in the CSV, which stays as it is; null where it does not. */
  readonly line: number | null;
  readonly names: readonly string[];
  readonly emails: readonly string[];
  readonly files: readonly Trace[];
  readonly sidecars: readonly Trace[];
  readonly staging: readonly Trace[];
  readonly ledgerRecords: number;
  /** Backups, logs and the like, beside the ledger. */
  readonly beside: readonly BesideTrace[];
  /** What the row claims, too, and stays. */
  readonly kept: Traces['kept'];
  /** Texts of the person that other rows of the CSV have, too, or that are too short: to find one proves nothing. */
  readonly notSearched: readonly string[];
  readonly applied: boolean;
  /** Where something of the person was still found afterwards; null where nothing was removed yet. */
  readonly left: readonly string[] | null;
}

/**
 * Removes everything that rowtrail keeps of a row: files, sidecars, staging, the ledger's records with the pages that held them, its lines in
 * backups and logs. Then it searches for the person anew. The CSV is not touched, and files that another row has, too, stay.
 * A kill in the middle leaves a part that is gone; called again it does the rest.
 * @returns null where nothing is known of the row
 * @throws RowtrailError `locked` while a run works on the CSV
 */
export function forgetRow(
  rowId: string,
  csvPath = 'output.csv',
  options: ForgetOptions = {},
): Promise<Forgotten | null> {
  return withTracker(csvPath, (tracker) => forgetWith(rowId, tracker, options), options);
}

async function forgetWith(
  rowId: string,
  tracker: CsvTracker,
  { now = () => new Date(), apply = false, columns, ...options }: ForgetOptions,
): Promise<Forgotten | null> {
  await using lock = apply ? await tracker.tryRunLock() : null;
  if (apply && lock === null)
    throw new RowtrailError('locked', 'another rowtrail run works on this CSV', { file: tracker.place.csv });
  const { youtube, drive } = foldersOf(options);
  const folders: Folders = { youtube: resolvePlace(youtube), drive: resolvePlace(drive) };
  if (Object.values(folders).some(isBucketAddress))
    throw new RowtrailError(
      'usage',
      'forget does not reach into buckets: remove the objects whose metadata files name the row yourself; nothing was changed here',
    );
  const traces = await tracesOf(rowId, tracker, folders, now());
  if (traces === null) return null;
  await using snapshot = await tracker.snapshot();
  const { own, common } = await textsOfPerson(traces, snapshot);
  const paths = [...traces.files, ...traces.sidecars].map(({ path }) => path);
  const earlierIds = await tracker.earlierIds(rowId);
  const wanted: Wanted = { rowId, earlierIds, texts: own, paths, columns };
  const beside = await besideTraces(tracker.place, wanted);
  const { person, line, files, sidecars, staging, kept, ledgerRecords } = traces;
  const forgotten = {
    rowId,
    csvPath: tracker.place.csv,
    line,
    names: person.names,
    emails: person.emails,
    files,
    sidecars,
    staging,
    ledgerRecords,
    beside,
    kept,
    notSearched: common,
  };
  if (!apply) return { ...forgotten, applied: false, left: null };
  await removeFiles(traces, folders);
  for (const trace of beside) await cleanBeside(trace, wanted);
  // The ledger last: as long as it knows the row, a second call finds what a kill has left.
  const ledger = await tracker.existingLedger();
  await ledger?.forgetRow(rowId);
  await ledger?.scrub();
  return { ...forgotten, applied: true, left: await searchForLeft(traces, own, tracker, folders) };
}

async function removeFiles({ files, sidecars, staging }: Traces, folders: Folders): Promise<void> {
  const roots = new Set(Object.values(folders));
  const touched = new Set<string>();
  for (const { path } of [...files, ...sidecars]) {
    await rm(path, { force: true });
    touched.add(dirname(path));
  }
  for (const { path } of staging) await discardStaging(join(path, '..', '..'), path);
  for (const folder of touched) {
    await syncFolder(folder).catch(() => {});
    for (
      let at = folder;
      !roots.has(at) && [...roots].some((root) => at.startsWith(join(root, '/')));
      at = dirname(at)
    )
      if (
        !(await rmdir(at)
          .then(() => true)
          .catch(() => false))
      )
        break;
  }
}

import { basename, resolve } from 'node:path';
import type { CsvRow } from '../csv/index.ts';
import { RowtrailError } from '../errors/index.ts';
import { resolvePlace, scanSidecars, type Sidecar } from '../files/index.ts';
import type { GenerationRecord, LedgerRow } from '../ledger/index.ts';
import { DOWNLOAD_TYPES, type DownloadType } from '../row/index.ts';
import {
  type CsvTracker,
  openKnownLedger,
  stateOf,
  type TrackerOptions,
  withTracker,
} from '../tracker/index.ts';
import { type KnownLedger, workedOnUnder } from './known-ledgers.ts';
import { type DownloadStory, storyOf, storyOfSidecars } from './story.ts';
import { unknownPast } from './unknown-past.ts';
import { foldersOf } from './verify.ts';

/** Everything that is known of a row: what was tried, what came of it, and what to do next. */
export interface RowStory {
  readonly rowId: string;
  /** Null where only sidecars know the row. */
  readonly csvPath: string | null;
  /** Of the CSV, from 1; null where the row is not in it. */
  readonly line: number | null;
  readonly type: string;
  readonly name: string;
  readonly email: string;
  /** Downloads that have a link or a history. */
  readonly downloads: readonly DownloadStory[];
  /** Why nothing can be written to the row, and the like. */
  readonly notes: readonly string[];
}

export interface WhyOptions extends TrackerOptions {
  /** Whose `.rowtrail` is searched for the row (default: the working directory). */
  readonly cwd?: string;
  /** The row of this CSV. */
  readonly csvPath?: string | undefined;
  /** Attempts after which a download is given up (default 3). */
  readonly retryAttempts?: number | undefined;
  readonly youtubeDir?: string | undefined;
  readonly driveDir?: string | undefined;
}

/**
 * What happened to a row, and its exact next step.
 * @returns null when neither a CSV nor a ledger nor a sidecar knows it
 * @throws RowtrailError `ambiguous_row` where several CSVs have a row of this id: which one is meant is not guessed
 */
export async function whyRow(rowId: string, options: WhyOptions = {}): Promise<RowStory | null> {
  const { cwd = '.', csvPath } = options;
  if (csvPath !== undefined) return fromCsv(rowId, csvPath, options);
  const known = await workedOnUnder(resolve(cwd));
  const stories: RowStory[] = [];
  for (const ledger of known) {
    const story = await fromKnown(rowId, ledger, options);
    if (story !== null) stories.push(story);
  }
  const [story, another] = stories;
  if (story === undefined) return fromSidecars(rowId, options);
  if (another === undefined) return story;
  const csvs = stories.map((each) => basename(each.csvPath ?? ''));
  throw new RowtrailError(
    'ambiguous_row',
    `row ${rowId} stands in ${csvs.join(' and ')}: these are two rows`,
  );
}

/** A CSV may be gone while its ledger still tells. */
async function fromKnown(rowId: string, known: KnownLedger, options: WhyOptions): Promise<RowStory | null> {
  try {
    return await fromCsv(rowId, known.csvPath, options);
  } catch (error) {
    if (!(error instanceof RowtrailError && error.code === 'file_missing')) throw error;
  }
  const ledger = await openKnownLedger(known, options.store);
  try {
    const row = await ledger.row(rowId);
    const history = await ledger.attemptsOf(rowId);
    if (row === null) return null;
    return told({
      row: null,
      known: row,
      history,
      csvPath: known.csvPath,
      options,
      states: {},
      notes: ['the CSV is gone'],
    });
  } finally {
    await ledger.close();
  }
}

function fromCsv(rowId: string, csvPath: string, options: WhyOptions): Promise<RowStory | null> {
  return withTracker(csvPath, (tracker) => fromTracker(rowId, tracker, csvPath, options), options);
}

async function fromTracker(
  rowId: string,
  tracker: CsvTracker,
  csvPath: string,
  options: WhyOptions,
): Promise<RowStory | null> {
  await tracker.rebuild(foldersOf(options));
  await tracker.sync();
  const ledger = await tracker.existingLedger();
  const known = (await ledger?.row(rowId)) ?? null;
  const history = (await ledger?.attemptsOf(rowId)) ?? [];
  await using snapshot = await tracker.snapshot();
  const at = snapshot.index.findRow(rowId);
  if (at < 0 && known === null) return null;
  const row = at < 0 ? null : await snapshot.readRow(at);
  const overlay = await tracker.overlay(snapshot);
  const states =
    row === null ? {} : { youtube: stateOf(row, 'youtube', overlay), drive: stateOf(row, 'drive', overlay) };
  const notes = at < 0 ? ['the CSV has no such row any more'] : blockedNotes(known?.blocked ?? null);
  return told({ row, known, history, csvPath, options, states, notes });
}

function told(of: {
  readonly row: CsvRow | null;
  readonly known: LedgerRow | null;
  readonly history: readonly GenerationRecord[];
  readonly csvPath: string;
  readonly options: WhyOptions;
  readonly states: Partial<Record<DownloadType, ReturnType<typeof stateOf>>>;
  readonly notes: readonly string[];
}): RowStory {
  const { row, known, history, csvPath, options, states, notes } = of;
  const { rowId = '', type = '', name = '', email = '' } = row?.context ?? known ?? {};
  const unknown: string[] = [];
  const downloads = DOWNLOAD_TYPES.flatMap((downloadType) => {
    const own = history.filter((each) => each.downloadType === downloadType);
    const download = known?.downloads[downloadType] ?? null;
    const link = row?.links[downloadType] || download?.link || '';
    // A reset of a row begins a generation also where there is nothing to fetch.
    if (link === '' && own.every((each) => each.attempts.length === 0 && each.items.length === 0)) return [];
    const state = states[downloadType];
    const status = state?.status || download?.status || 'pending';
    const attempts = state?.attempts ?? download?.attempts ?? 0;
    const missing = unknownPast(downloadType, { status, attempts }, own);
    if (missing !== null) unknown.push(missing);
    return [
      storyOf({
        rowId,
        downloadType,
        link,
        csvPath,
        status,
        attempts,
        permanent: state?.permanent ?? download?.permanent ?? false,
        download,
        cell: row?.tracking.download_errors ?? '',
        cellTime: row?.tracking.last_download_attempt ?? '',
        generations: own,
        retryAttempts: options.retryAttempts ?? 3,
      }),
    ];
  });
  return {
    rowId,
    csvPath,
    line: row?.line ?? null,
    type,
    name,
    email,
    downloads,
    notes: [...notes, ...unknown],
  };
}

const BLOCKED: Readonly<Record<string, string>> = {
  csv_row_gone: 'the CSV has no such row any more; its results are kept in the ledger',
  type_mismatch: 'its type was changed in the CSV: what was recorded belongs to the type of before',
  type_mismatch_youtube: 'its type was changed in the CSV: the YouTube result belongs to the type of before',
  type_mismatch_drive: 'its type was changed in the CSV: the Drive result belongs to the type of before',
  other_person: 'its row_id belongs to somebody else in the CSV: what was recorded is not theirs',
  row_too_long: 'it has more cells than the header: correct the line, nothing is written to it',
};

function blockedNotes(blocked: string | null): readonly string[] {
  return blocked === null ? [] : [BLOCKED[blocked] ?? blocked];
}

/** Where no ledger knows the row: what its sidecars tell. */
async function fromSidecars(rowId: string, options: WhyOptions): Promise<RowStory | null> {
  const folders = foldersOf({
    youtubeDir: resolvePlace(options.youtubeDir ?? 'youtube_downloads', options.cwd),
    driveDir: resolvePlace(options.driveDir ?? 'drive_downloads', options.cwd),
  });
  const scan = { deep: true, containing: [JSON.stringify(rowId)] };
  const found: Sidecar[] = [];
  for (const folder of new Set(Object.values(folders)))
    for await (const { sidecar } of scanSidecars(folder, scan))
      if (sidecar?.row.rowId === rowId) found.push(sidecar);
  const [first] = found;
  if (first === undefined) return null;
  const { type, name, email } = first.row;
  const downloads = DOWNLOAD_TYPES.flatMap((downloadType) => {
    const own = found.filter((sidecar) => sidecar.downloadType === downloadType);
    return own.length === 0 ? [] : [storyOfSidecars(downloadType, own)];
  });
  const notes = ['no CSV and no ledger is here: this is what its sidecars tell'];
  return { rowId, csvPath: null, line: null, type, name, email, downloads, notes };
}

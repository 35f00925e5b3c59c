import { randomBytes } from 'node:crypto';
import { lstat, realpath, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileError, RowtrailError } from '../../errors/index.ts';
import { hashFile, isBucketAddress, type SidecarIdentity } from '../../files/index.ts';
import { adoptionId } from '../../ledger/index.ts';
import type { DownloadType, ItemKind } from '../../row/index.ts';
import { mediaRequest, type OutputFormat, type TranscriptFormat } from '../../sources/index.ts';
import { type CsvTracker, type TrackerOptions, withTracker } from '../../tracker/index.ts';
import { ReadLog } from '../read-log.ts';
import { foldersOf, READ_LOG, type VerifyProgress } from '../verify.ts';
import { placeOfFile, surveyWorld, type World } from '../world.ts';
import { HeldMedia, planAdoption, type PlannedDownload, type ReadClaim } from './adoption-plan.ts';
import type { Known } from './claim-file.ts';
import { type LeftAlone, leftAlone } from './left-alone.ts';
import { readLeavings } from './leavings.ts';
import { type PlacedFile, placeDownload } from './place-download.ts';
import { readClaims } from './read-claims.ts';
import { cellNames } from './row-said.ts';
import { WantedMedia } from './wanted-media.ts';

export interface AdoptOptions extends TrackerOptions {
  /** Download folders (default `youtube_downloads` and `drive_downloads` under the working directory). */
  readonly youtubeDir?: string | undefined;
  readonly driveDir?: string | undefined;
  /** True only says what would be done. */
  readonly dryRun?: boolean | undefined;
  /** True removes each file from the folder once its rows have it. The folder is never changed otherwise. */
  readonly move?: boolean | undefined;
  /** False makes copies that share nothing on the disk (default true). */
  readonly share?: boolean | undefined;
  readonly sidecarIdentity?: SidecarIdentity | undefined;
  /** What is asked for of videos and transcripts, as a run has it: sound alone or pictures, which languages. */
  readonly format?: OutputFormat | undefined;
  readonly resolution?: number | string | undefined;
  readonly subLangs?: readonly string[] | undefined;
  readonly transcriptFormat?: TranscriptFormat | undefined;
  /** Threads that read (default: one a core). */
  readonly threads?: number | undefined;
  readonly onProgress?: ((progress: VerifyProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly now?: (() => Date) | undefined;
  /** Where ffprobe is looked for (default: the environment of the process). */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** A file that a row got, or is to get. */
export interface AdoptedFile {
  readonly kind: ItemKind;
  readonly mediaId: string;
  /** Where it was; absolute. */
  readonly from: string;
  /** Bytes. */
  readonly size: number;
  /** Relative to the download folder; null as long as it is only planned. */
  readonly path: string | null;
}

export interface AdoptedDownload {
  readonly rowId: string;
  readonly downloadType: DownloadType;
  readonly status: 'completed' | 'pending';
  /** Ids that the link names and that were not there; null where a playlist or a folder may hold more than is known. */
  readonly missing: readonly string[] | null;
  readonly files: readonly AdoptedFile[];
}

/** What was taken over from a folder, or would be. */
export interface Adoption {
  readonly csvPath: string;
  /** Absolute, links followed. */
  readonly folder: string;
  readonly applied: boolean;
  /** The download folders, to which the files' paths are relative. */
  readonly folders: Readonly<Record<DownloadType, string>>;
  readonly downloads: readonly AdoptedDownload[];
  /** Files whose bytes their rows have already. */
  readonly here: number;
  /** Files that were removed from the folder, because that was asked for. */
  readonly moved: number;
  readonly left: readonly LeftAlone[];
}

/** Downloads that are put into place at the same time: the disk has something to do while another one is read. */
const AT_ONCE = 4;

/**
 * Takes over what an earlier tool, plain yt-dlp or another rowtrail left in a folder: what a sidecar, an info file, an id in the name
 * or the bytes say belongs to a row becomes the row's download, as if it had been fetched. Nothing is guessed; what is left alone is
 * said with its reason. The folder is not changed, unless `move` is given. A kill leaves a part that is done; called again it does the rest.
 * @throws RowtrailError `file_missing` where there is no such folder; `locked` while a run works on the CSV; the signal's reason on abort
 */
export function adoptDownloads(
  folder: string,
  csvPath = 'output.csv',
  options: AdoptOptions = {},
): Promise<Adoption> {
  return withTracker(csvPath, (tracker) => adoptWith(folder, tracker, options), options);
}

async function adoptWith(given: string, tracker: CsvTracker, options: AdoptOptions): Promise<Adoption> {
  const { dryRun = false, now = () => new Date(), signal } = options;
  const media = mediaRequest({ ...options, outputFormat: options.format });
  const folder = await folderOf(given);
  await using lock = dryRun ? null : await tracker.tryRunLock();
  if (!dryRun && lock === null)
    throw new RowtrailError('locked', 'another rowtrail run works on this CSV', { file: tracker.place.csv });
  const folders = foldersOf(options);
  if (Object.values(folders).some(isBucketAddress))
    throw new RowtrailError(
      'usage',
      'adopt puts files into folders, not into buckets: name folders with --youtube-dir and --drive-dir',
    );
  if (!dryRun) await (await tracker.existingLedger())?.recover();
  await tracker.rebuild(folders);
  await tracker.sync();
  const world = await surveyWorld(tracker, folders, now());
  const leavings = await readLeavings(folder);
  const wanted = new WantedMedia(world.rows);
  const known: Known = { leavings, world, wanted, cells: cellNames(world.rows), media };
  const held = new HeldMedia(world);
  const log = await ReadLog.open(join(tracker.place.folder, READ_LOG));
  const read = await readClaims(known, held, log, { ...options, keepsLog: !dryRun, now });
  const plan = planAdoption(read.claims, world, wanted, held, media.format);
  const left = [...leavings.left, ...read.left, ...plan.left];
  const inArchives = archivedOnly(known, held, read.claims);
  if (dryRun)
    return report(
      plan.downloads.map((download) => adopted(download, null)),
      left.concat(inArchives),
      0,
    );
  const done: { readonly download: PlannedDownload; readonly placed: readonly PlacedFile[] }[] = [];
  const runId = adoptionId(now(), randomBytes(2).toString('hex'));
  const { share = true, sidecarIdentity: identity } = options;
  if (plan.downloads.length > 0) await tracker.ensureColumns();
  try {
    await inParallel(plan.downloads, async (download) => {
      const destination = {
        tracker,
        folder: folders[download.downloadType],
        runId,
        media,
        identity,
        share,
        now,
        signal,
      };
      done.push({ download, placed: await placeDownload(download, destination) });
    });
  } finally {
    if (done.length > 0) await tracker.project();
  }
  const failed = done.flatMap(({ placed }) => placed.flatMap(leftOf));
  const moved =
    options.move === true
      ? await moveAway(
          read.here,
          done.flatMap(({ placed }) => placed),
          world,
          held,
        )
      : 0;
  return report(
    done.flatMap(({ download, placed }) =>
      placed.some(({ path }) => path !== null) ? [adopted(download, placed)] : [],
    ),
    [...left, ...failed, ...inArchives],
    moved,
  );

  function report(downloads: readonly AdoptedDownload[], all: readonly LeftAlone[], gone: number): Adoption {
    const order = new Map([...world.rows.keys()].map((rowId, at) => [rowId, at]));
    const place = ({ rowId }: AdoptedDownload) => order.get(rowId) ?? 0;
    return {
      csvPath: tracker.place.csv,
      folder,
      applied: !dryRun,
      folders,
      downloads: downloads.toSorted(
        (a, b) => place(a) - place(b) || (a.downloadType < b.downloadType ? 1 : -1),
      ),
      here: read.here.length,
      moved: gone,
      left: all.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
    };
  }
}

async function folderOf(given: string): Promise<string> {
  try {
    const folder = await realpath(resolve(given));
    if ((await stat(folder)).isDirectory()) return folder;
  } catch (error) {
    throw fileError(error, 'There is no such folder', { file: given });
  }
  throw new RowtrailError('usage', `${given} is a file: name the folder that it lies in`);
}

/** Videos that rows ask for, a record of yt-dlp lists, and nobody has a file of. */
function archivedOnly(
  { leavings, wanted }: Known,
  held: HeldMedia,
  claims: readonly ReadClaim[],
): readonly LeftAlone[] {
  const found = new Set(claims.map(({ mediaId }) => mediaId));
  return [...leavings.archives].flatMap(([path, ids]) =>
    [...ids].flatMap((mediaId) => {
      const lacking = wanted
        .owners('youtube', mediaId)
        .filter(({ rowId }) => held.of(rowId, { kind: 'video', mediaId }) === null);
      const [first] = lacking;
      if (first === undefined || found.has(mediaId)) return [];
      return [
        leftAlone(path, 'archive_only', `${mediaId} stands in it: the next run fetches it.`, first.rowId),
      ];
    }),
  );
}

function adopted(
  { row, downloadType, items, completes, missing }: PlannedDownload,
  placed: readonly PlacedFile[] | null,
): AdoptedDownload {
  const files = items.flatMap((planned) => {
    const path = placed?.find((each) => each.planned === planned)?.path ?? null;
    if (placed !== null && path === null) return [];
    const { kind, mediaId, file, size } = planned.claim;
    return [{ kind, mediaId, from: file.path, size, path }];
  });
  const isWhole = completes && files.length === items.length;
  return { rowId: row.rowId, downloadType, status: isWhole ? 'completed' : 'pending', missing, files };
}

function leftOf({ planned, problem }: PlacedFile): readonly LeftAlone[] {
  if (problem === null) return [];
  const reason =
    problem.code === 'file_changing' || problem.code === 'file_missing' ? 'changing' : 'not_stored';
  return [leftAlone(planned.claim.file.path, reason, problem.message)];
}

async function inParallel<Work>(all: readonly Work[], work: (each: Work) => Promise<void>): Promise<void> {
  const waiting = all.values();
  const ends = await Promise.allSettled(
    Array.from({ length: AT_ONCE }, async () => {
      for (const each of waiting) await work(each);
    }),
  );
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** Removes what all its rows have, if it is still what was read. @returns how many files went */
async function moveAway(
  here: readonly ReadClaim[],
  placed: readonly PlacedFile[],
  world: World,
  held: HeldMedia,
): Promise<number> {
  const failed = new Set(
    placed.flatMap(({ planned, path }) => (path === null ? [planned.claim.file.path] : [])),
  );
  const stored = new Map(placed.map(({ planned: { claim } }) => [claim.file.path, claim]));
  const gone = new Set<string>();
  for (const claim of stored.values())
    if (!failed.has(claim.file.path) && (await isStill(claim))) gone.add(claim.file.path);
  for (const claim of here)
    if ((await isStill(claim)) && (await isSafe(claim, world, held))) gone.add(claim.file.path);
  for (const path of gone) await rm(path, { force: true });
  return gone.size;
}

async function isStill({ file }: ReadClaim): Promise<boolean> {
  const found = await lstat(file.path).catch(() => null);
  return found !== null && found.isFile() && found.size === file.size && found.mtimeMs === file.mtimeMs;
}

/** Whether each of its rows has a whole file of the same bytes elsewhere. */
async function isSafe(claim: ReadClaim, world: World, held: HeldMedia): Promise<boolean> {
  for (const { rowId } of claim.owners) {
    const item = held.of(rowId, claim);
    const file = item?.files.find(({ sha256 }) => sha256 === claim.sha256);
    if (item === null || file === undefined) return false;
    const path = placeOfFile(world, item.downloadType, file);
    const found = path === claim.file.path ? null : await hashFile(path).catch(() => null);
    if (found?.sha256 !== claim.sha256) return false;
  }
  return true;
}

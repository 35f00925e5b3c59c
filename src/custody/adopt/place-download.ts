import { lstat, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileError, RowtrailError } from '../../errors/index.ts';
import {
  cloneFile,
  fileStem,
  findStored,
  hashFile,
  type LazyAttempt,
  lazyAttempt,
  type SidecarIdentity,
  storeItem,
  type StoredItem,
} from '../../files/index.ts';
import type { ItemResult, RowContext } from '../../row/index.ts';
import { mediaTypeOf, type MediaRequest, requestedOf } from '../../sources/index.ts';
import type { CsvTracker } from '../../tracker/index.ts';
import type { PlannedDownload, PlannedItem } from './adoption-plan.ts';

/** Into what, and how, files are put. */
export interface Destination {
  readonly tracker: CsvTracker;
  /** The download folder; absolute. */
  readonly folder: string;
  /** Names this adoption in the row's history. */
  readonly runId: string;
  readonly media: MediaRequest;
  readonly identity: SidecarIdentity | undefined;
  /** Whether the new file may share blocks on the disk with the one that is there. */
  readonly share: boolean;
  readonly now: () => Date;
  readonly signal: AbortSignal | undefined;
}

/** A file in its place, or why it could not be put there. */
export interface PlacedFile {
  readonly planned: PlannedItem;
  /** Relative to the download folder; null where it could not be put there. */
  readonly path: string | null;
  readonly problem: RowtrailError | null;
}

/**
 * Gives a row its files: each is copied into the row's own staging folder (sharing the disk where it can), read there once more, and
 * stored with a sidecar like a download. Then attempt, items and status are recorded in one transaction. A kill before that leaves
 * files with their sidecars, which the next adoption, or run, takes over.
 * @returns what became of each file; those that changed or vanished meanwhile stand there with the reason
 * @throws RowtrailError where nothing can be stored or recorded at all; the signal's reason on abort
 */
export async function placeDownload(
  download: PlannedDownload,
  destination: Destination,
): Promise<readonly PlacedFile[]> {
  const { row, downloadType, link } = download;
  const { tracker, folder, runId, now, signal } = destination;
  const { rowId, type, name, email } = row;
  const identity = { rowId, type, name, email };
  await tracker.prepareRow(rowId);
  const ledger = await tracker.ledger();
  const startedAt = now().toISOString();
  const before = (await ledger.row(rowId))?.downloads[downloadType];
  // What was recorded belongs to another link: a new one begins a new generation, as with a run.
  const isOther = before !== undefined && before.link !== null && before.link !== link;
  if (isOther) await ledger.reset(identity, downloadType, link);
  const generation = (before?.generation ?? 1) + (isOther ? 1 : 0);
  const attempt = isOther ? 1 : (before?.attempts ?? 0) + 1;
  const staging = lazyAttempt(folder, { rowId, downloadType, link });
  const placed: PlacedFile[] = [];
  const items: ItemResult[] = [];
  try {
    for (const planned of download.items) {
      signal?.throwIfAborted();
      try {
        if (placed.length === 0) await clearLeft(staging, folder);
        const stored = await place(planned, row, { ...destination, generation, attempt, startedAt }, staging);
        items.push(itemOf(planned, stored));
        placed.push({ planned, path: stored.files[0]?.path ?? null, problem: null });
      } catch (error) {
        if (!(error instanceof RowtrailError) || error.code === 'disk_full') throw error;
        placed.push({ planned, path: null, problem: error });
      }
    }
  } finally {
    await staging.leave((entry) => !download.completes && entry !== '.lock');
  }
  if (items.length === 0) return placed;
  const isWhole = download.completes && placed.every(({ problem }) => problem === null);
  await tracker.record({
    row: identity,
    downloadType,
    link,
    generation,
    lease: null,
    startedAt,
    endedAt: now().toISOString(),
    items,
    outcome: {
      status: isWhole ? 'completed' : 'pending',
      cause: null,
      category: null,
      message: null,
      permanent: false,
      notBefore: null,
      scope: 'full',
    },
    folder,
    runId,
  });
  return placed;
}

const STAGED = 'adopted-';

/** What a killed adoption was copying. */
async function clearLeft(staging: LazyAttempt, folder: string): Promise<void> {
  try {
    const dir = await staging.find();
    if (dir === null) return;
    for (const name of await readdir(dir))
      if (name.startsWith(STAGED)) await rm(join(dir, name), { force: true });
  } catch (error) {
    throw fileError(error, 'The download folder cannot be used', { file: folder });
  }
}

interface Placing extends Destination {
  readonly generation: number;
  readonly attempt: number;
  readonly startedAt: string;
}

async function place(
  { claim, position, sourceUrl, title }: PlannedItem,
  row: RowContext,
  { tracker, folder, generation, attempt, startedAt, media, identity, share, now, signal }: Placing,
  staging: LazyAttempt,
): Promise<StoredItem> {
  const { kind, mediaId, extension, file, size, sha256, listing, info } = claim;
  const stem = stemFor(kind === 'file' ? title : null, mediaId, row);
  const earlier = await findStored({ outputDir: folder, row, stem, kind, mediaId, generation, signal });
  if (earlier !== null) return earlier;
  const staged = join(await staging.dir(), `${STAGED}${process.hrtime.bigint()}`);
  try {
    await copied(file.path, staged, share);
    const found = await hashFile(staged, { signal });
    if (found.size !== size || found.sha256 !== sha256)
      throw new RowtrailError('file_changing', 'It has other bytes by now', { file: file.path });
    return await storeItem({
      outputDir: folder,
      row,
      stem,
      staged: [{ path: staged, extension, size, sha256 }],
      sidecar: {
        kind,
        mediaId,
        position,
        sourceUrl,
        title,
        channel: info?.channel ?? listing?.sidecar.channel ?? null,
        mediaTypes: listing?.sidecar.mediaTypes ?? (kind === 'file' ? [] : [mediaTypeOf(extension)]),
        tools: listing?.sidecar.tools ?? {},
        generation,
        attempt,
        startedAt,
        csv: basename(tracker.place.csv),
        requested: kind === 'file' ? null : (listing?.sidecar.requested ?? requestedOf(kind, media)),
        adoptedFrom: file.name,
      },
      identity,
      now: now(),
    });
  } catch (error) {
    // A copy that shares the file with the original is cut short with it, which storing sees before we do.
    const found = await lstat(file.path).catch(() => null);
    if (found?.size === size && found.mtimeMs === file.mtimeMs) throw error;
    throw new RowtrailError('file_changing', 'It has other bytes by now', { file: file.path, error });
  } finally {
    await rm(staged, { force: true });
  }
}

/** A title that ends with the row's suffix already does not get it twice. */
function stemFor(title: string | null, mediaId: string, row: RowContext): string {
  const suffix = row.toFilenameSuffix();
  const bare = title?.endsWith(suffix) === true ? title.slice(0, -suffix.length) : title;
  return fileStem(mediaId, row, bare === null || bare === '' ? {} : { title: bare });
}

async function copied(from: string, to: string, share: boolean): Promise<void> {
  try {
    await cloneFile(from, to, share);
    // Whoever put a link in its place meanwhile gets nothing taken from where it leads to.
    if (!(await lstat(to)).isFile())
      throw new RowtrailError('file_changing', 'It is no file any more', { file: from });
  } catch (error) {
    throw error instanceof RowtrailError ? error : fileError(error, 'It cannot be copied', { file: from });
  }
}

function itemOf(
  { claim: { kind, mediaId }, position, sourceUrl, title }: PlannedItem,
  stored: StoredItem,
): ItemResult {
  return { kind, position, mediaId, title, sourceUrl, ...stored, failure: null };
}

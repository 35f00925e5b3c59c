import { join } from 'node:path';
import { hashAll, type HashedFile, resolvePlace } from '../files/index.ts';
import type { CsvTracker, TrackerOptions } from '../tracker/index.ts';
import { withTracker } from '../tracker/index.ts';
import { claimsIn } from './claims.ts';
import { type Finding, type FindingKind, FINDINGS } from './findings.ts';
import { askStorage, withoutFileRepairs } from './in-buckets.ts';
import { judge } from './judge/judge.ts';
import { ReadLog } from './read-log.ts';
import { filesToRead } from './reading-plan.ts';
import { type Folders, surveyWorld, type World } from './world.ts';

export interface VerifyOptions extends TrackerOptions {
  /** Download folders (default `youtube_downloads` and `drive_downloads` under the working directory). */
  readonly youtubeDir?: string | undefined;
  readonly driveDir?: string | undefined;
  /** Read every file on record (default: look at size and time, and read what these leave open). */
  readonly hash?: boolean | undefined;
  /** Threads that read (default: one a core). */
  readonly threads?: number | undefined;
  readonly onProgress?: ((progress: VerifyProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly now?: (() => Date) | undefined;
}

/** How far a look at the files is. */
export interface VerifyProgress {
  readonly files: number;
  readonly totalFiles: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

/** What a comparison of CSV, ledger, disk and sidecars came to. */
export interface Verification {
  readonly csvPath: string;
  /** Files that rows have by the ledger. */
  readonly files: number;
  readonly bytes: number;
  /** Files whose bytes were read now. */
  readonly read: number;
  readonly readBytes: number;
  /** Files whose bytes an earlier look had read, and that have not changed since. */
  readonly readBefore: number;
  readonly sidecars: number;
  readonly findings: readonly Finding[];
}

export const READ_LOG = 'read-files.jsonl';

/**
 * Compares CSV, ledger, disk and sidecars. Files are not changed; the CSV is brought in step with the ledger first, as by every command.
 * An interrupted look at all bytes goes on where it was when it is asked for again.
 * @throws RowtrailError when the CSV or the ledger cannot be used; the signal's reason on abort
 */
export function verifyDownloads(csvPath = 'output.csv', options: VerifyOptions = {}): Promise<Verification> {
  return withTracker(csvPath, (tracker) => verifyWith(tracker, options), options);
}

export function foldersOf({ youtubeDir, driveDir }: Pick<VerifyOptions, 'youtubeDir' | 'driveDir'>): Folders {
  return {
    youtube: resolvePlace(youtubeDir ?? 'youtube_downloads'),
    drive: resolvePlace(driveDir ?? 'drive_downloads'),
  };
}

/** The same with a tracker that is open already. */
export async function verifyWith(tracker: CsvTracker, options: VerifyOptions): Promise<Verification> {
  const { hash: thorough = false, now = () => new Date() } = options;
  const folders = foldersOf(options);
  await tracker.rebuild(folders);
  await tracker.sync();
  const world = await surveyWorld(tracker, folders, now());
  const claims = claimsIn(world);
  const log = await ReadLog.open(join(tracker.place.folder, READ_LOG));
  if (thorough) await log.begin(now());
  const hashes = new Map<string, HashedFile>(thorough ? [] : await askStorage(world, claims, options.signal));
  let readBefore = 0;
  const files = filesToRead(world, claims, thorough, (path, file) => {
    if (hashes.has(path)) return true;
    const isKnown = thorough ? log.wasRead(path, file) : log.get(path, file) !== null;
    const known = isKnown ? log.get(path, file) : null;
    if (known === null) return false;
    hashes.set(path, known);
    readBefore++;
    return true;
  });
  // What an earlier look has read and nobody has changed since is known for nothing.
  for (const { path } of claims.held) {
    const there = world.disk.get(path);
    const known = there === undefined || thorough ? null : log.get(path, there);
    if (known !== null && !hashes.has(path)) hashes.set(path, known);
  }
  const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
  let bytes = 0;
  let read = 0;
  try {
    for await (const { file, hashed } of hashAll(files, options)) {
      read++;
      bytes += file.size;
      hashes.set(file.path, hashed);
      await log.add(file.path, hashed, now());
      options.onProgress?.({ files: read, totalFiles: files.length, bytes, totalBytes });
    }
  } finally {
    await log.flush();
  }
  if (thorough) await log.end(now(), (path) => world.disk.has(path));
  return {
    csvPath: world.csvPath,
    files: claims.held.length,
    bytes: claims.held.reduce((sum, { size }) => sum + size, 0),
    read,
    readBytes: bytes,
    readBefore,
    sidecars: countSidecars(world),
    findings: inOrder(judge(world, claims, hashes).map(withoutFileRepairs)),
  };
}

function countSidecars({ sidecars }: World): number {
  return sidecars.filter(({ sidecar }) => sidecar !== null).length;
}

/** By kind, then by path, so that the same state always gives the same list. */
function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const kinds = Object.keys(FINDINGS) as FindingKind[];
  const key = ({ path, rowId }: Finding) => `${path ?? ''}\0${rowId ?? ''}`;
  return findings.toSorted(
    (a, b) =>
      kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0),
  );
}

import { errnoOf } from '../../errors/index.ts';
import { type FileToHash, type HashedFile, hashFiles } from '../../files/index.ts';
import { formatOfName, openMediaProver, proveDriveFile, type MediaProver } from '../../sources/index.ts';
import type { ReadLog } from '../read-log.ts';
import { placeOfFile } from '../world.ts';
import type { VerifyProgress } from '../verify.ts';
import type { HeldMedia, ReadClaim } from './adoption-plan.ts';
import { claimByContent, KnownContents } from './by-content.ts';
import { claimFile, type FileClaim, type Known } from './claim-file.ts';
import { type LeftAlone, leftAlone, type LeftReason } from './left-alone.ts';
import type { Leaving } from './leavings.ts';

export interface ReadingOptions {
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Where ffprobe is looked for. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly onProgress?: ((progress: VerifyProgress) => void) | undefined;
  /** Whether what was read is written down for the next time. */
  readonly keepsLog: boolean;
  readonly now: () => Date;
}

/** What files proved to be. */
export interface ReadClaims {
  /** Whole, and of rows that do not have them yet. */
  readonly claims: readonly ReadClaim[];
  /** Of rows that have these very bytes already. */
  readonly here: readonly ReadClaim[];
  readonly left: readonly LeftAlone[];
}

/** Files that something else may settle: their bytes are looked up, where others of their size are known. */
const SETTLED_BY_CONTENT: ReadonlySet<LeftReason> = new Set(['no_evidence', 'which_medium']);

/**
 * Reads the files that may be a row's: whose each is, and whether it is what it is called and whole. Nothing is written but into the log.
 * @throws the signal's reason on abort
 */
export async function readClaims(
  known: Known,
  held: HeldMedia,
  log: ReadLog,
  options: ReadingOptions,
): Promise<ReadClaims> {
  const { leavings, world } = known;
  const contents = new KnownContents(world, leavings);
  const onRecord = new Set(
    world.items.flatMap(({ downloadType, files }) =>
      files.map((file) => placeOfFile(world, downloadType, file)),
    ),
  );
  const left: LeftAlone[] = [];
  const first = new Map<Leaving, FileClaim | LeftAlone>();
  for (const file of leavings.files) {
    // What the ledger has where it is, is no leaving.
    if (onRecord.has(file.path)) continue;
    if (world.others.has(file.path))
      left.push(leftAlone(file.path, 'of_other_csv', 'Another CSV has it on record.'));
    else first.set(file, claimFile(file, known));
  }
  const isRead = (claim: FileClaim | LeftAlone, { size }: Leaving) =>
    !('reason' in claim) || (SETTLED_BY_CONTENT.has(claim.reason) && contents.hasSize(size));
  const toRead = [...first].flatMap(([file, claim]) => (isRead(claim, file) ? [file] : []));
  const hashes = await hashesOf(toRead, log, options);
  const claims: ReadClaim[] = [];
  const here: ReadClaim[] = [];
  await using prover = openMediaProver(options);
  for (const [file, claim] of first) {
    options.signal?.throwIfAborted();
    const hashed = hashes.get(file.path);
    if (hashed !== undefined && 'failure' in hashed) {
      left.push(unread(file, hashed.failure));
      continue;
    }
    const settled =
      'reason' in claim && hashed !== undefined
        ? (claimByContent(file, hashed.sha256, contents, known) ?? claim)
        : claim;
    if ('reason' in settled || hashed === undefined) {
      if ('reason' in settled) left.push(settled);
      continue;
    }
    const read = { ...settled, size: hashed.size, sha256: hashed.sha256 };
    const there = settled.owners.map(({ rowId }) => held.of(rowId, settled));
    if (there.every((item) => item !== null)) {
      const isSame = there.some((item) => item?.files.some(({ sha256 }) => sha256 === read.sha256));
      if (isSame) here.push(read);
      else
        left.push(
          leftAlone(file.path, 'other_copy', 'On record is a file of other bytes.', settled.owners[0]?.rowId),
        );
      continue;
    }
    const problem = await problemOf(read, contents, prover).catch((error: unknown) => {
      if (errnoOf(error) === undefined) throw error;
      return unread(file, errnoOf(error) ?? '');
    });
    if (problem === null) claims.push(read);
    else left.push(problem);
  }
  return { claims, here, left };
}

async function hashesOf(
  files: readonly Leaving[],
  log: ReadLog,
  { threads, signal, onProgress, keepsLog, now }: ReadingOptions,
): Promise<ReadonlyMap<string, HashedFile>> {
  const hashes = new Map<string, HashedFile>();
  const unknown: FileToHash[] = [];
  for (const file of files) {
    const before = log.get(file.path, file);
    if (before === null) unknown.push({ path: file.path, size: file.size });
    else hashes.set(file.path, before);
  }
  const totalBytes = unknown.reduce((sum, { size }) => sum + size, 0);
  let [read, bytes] = [0, 0];
  try {
    for await (const { file, hashed } of hashFiles(unknown, { threads, signal })) {
      hashes.set(file.path, hashed);
      if (keepsLog) await log.add(file.path, hashed, now());
      onProgress?.({ files: ++read, totalFiles: unknown.length, bytes: (bytes += file.size), totalBytes });
    }
  } finally {
    if (keepsLog) await log.flush();
  }
  return hashes;
}

function unread({ path }: Leaving, failure: string): LeftAlone {
  return failure === 'changed'
    ? leftAlone(path, 'changing', 'Somebody writes into it: adopt it when it is still.')
    : leftAlone(path, 'unreadable', `It cannot be read (${failure}).`);
}

/** Why a file is not what it is taken for; null where nothing speaks against it. */
async function problemOf(
  claim: ReadClaim,
  contents: KnownContents,
  prover: MediaProver,
): Promise<LeftAlone | null> {
  const { file, kind, info, listing, size, sha256, owners, extension } = claim;
  const rowId = claim.saidRow ?? owners[0]?.rowId ?? null;
  const listed = listing?.sidecar.files.find(({ name }) => name === file.name);
  if (listed !== undefined && (listed.size !== size || listed.sha256 !== sha256))
    return leftAlone(file.path, 'changed_since', 'Its sidecar has another size or hash.', rowId);
  if (contents.isProven(sha256)) return null;
  const name = `_${extension}`;
  if (size === 0) return leftAlone(file.path, 'not_whole', 'It is empty.', rowId);
  const failure =
    kind === 'video'
      ? await prover.prove(file.path, name, info ?? undefined)
      : kind === 'transcript'
        ? await prover.proveTranscript(file.path, name)
        : await driveFailure(claim, prover);
  if (failure === null) return null;
  const isOurs = ['ffmpeg_missing', 'ytdlp_missing'].includes(failure.cause);
  return leftAlone(file.path, isOurs ? 'not_checked' : 'not_whole', failure.message, rowId);
}

/** A film among the files of Drive is read like a video: nobody says how long it was. */
async function driveFailure({ file, extension }: ReadClaim, prover: MediaProver) {
  const name = `_${extension}`;
  const wrong = await proveDriveFile(file.path, name);
  if (wrong !== null || formatOfName(name) === null) return wrong;
  return prover.prove(file.path, name, { hasVideo: false, hasAudio: null, duration: null });
}

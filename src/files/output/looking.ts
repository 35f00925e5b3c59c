import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { errnoOf, RowtrailError } from '../../errors/index.ts';
import { isBucketAddress } from '../bucket/bucket-address.ts';
import type { Expected } from '../bucket/prove.ts';
import { type FileToHash, type HashedFile, hashFiles } from '../hash-pool.ts';
import { hashFile } from '../hash.ts';
import { type DiskFile, lookAtFile } from '../walk.ts';
import { outputAt } from './output-at.ts';
import type { ByteRange } from './output.ts';
import { pathBelow } from './place.ts';

/** Objects that are read, or asked for, at the same time. */
const READ_AT_ONCE = 4;
const ASKED_AT_ONCE = 24;

/** A file at a path or at an address; null where there is none. @throws RowtrailError storage_unreachable, storage_refused */
export function lookAt(path: string): Promise<DiskFile | null> {
  return isBucketAddress(path) ? outputAt(dirname(path)).lookAt(basename(path)) : lookAtFile(path);
}

/** Size and SHA-256 (hex) of the file at a path or at an address. @throws the system error of the read; RowtrailError */
export async function hashAt(path: string): Promise<{ readonly size: number; readonly sha256: string }> {
  if (!isBucketAddress(path)) return hashFile(path);
  const sum = createHash('sha256');
  let size = 0;
  const bytes = await outputAt(dirname(path)).read(basename(path));
  if (bytes === null) throw new RowtrailError('file_missing', 'There is no such file', { file: path });
  for await (const chunk of bytes) {
    sum.update(chunk as Buffer);
    size += (chunk as Buffer).length;
  }
  return { size, sha256: sum.digest('hex') };
}

/** A file in a bucket that is there to be read. */
export interface OpenObject {
  readonly size: number;
  /** @param range its first and last byte, from 0 */
  read(range: ByteRange): Promise<Readable>;
}

/**
 * A file in a bucket, if its address stands below one of these places. What begins with a dot is not there.
 * @returns null for everything else, also while the storage cannot be reached: who asks does not hear why
 */
export async function openObject(address: string, places: readonly string[]): Promise<OpenObject | null> {
  if (!isBucketAddress(address)) return null;
  for (const place of places) {
    const path = isBucketAddress(place) ? pathBelow(place, address) : null;
    if (path === null || path.split('/').some((part) => part === '' || part.startsWith('.'))) continue;
    const output = outputAt(place);
    const found = await output.lookAt(path).catch(() => null);
    if (found === null) return null;
    const read = async (range: ByteRange) => {
      const bytes = await output.read(path, range);
      if (bytes === null) throw new RowtrailError('file_missing', 'There is no such file', { file: address });
      return bytes;
    };
    return { size: found.size, read };
  }
  return null;
}

/**
 * SHA-256 of many files, on the disk on all cores, in buckets a few at a time. Each is given as soon as it is known, in no order.
 * @throws the signal's reason on abort; what a file does is in its own answer
 */
export async function* hashAll(
  files: readonly FileToHash[],
  options: { readonly threads?: number | undefined; readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<{ readonly file: FileToHash; readonly hashed: HashedFile }> {
  const { remote = [], local = [] } = Object.groupBy(files, ({ path }) =>
    isBucketAddress(path) ? 'remote' : 'local',
  );
  yield* hashFiles(local, options);
  yield* severalAtOnce(remote, READ_AT_ONCE, options.signal, async (file) => ({
    file,
    hashed: await hashObject(file),
  }));
}

async function hashObject({ path }: FileToHash): Promise<HashedFile> {
  try {
    const before = await lookAt(path);
    if (before === null) return { failure: 'ENOENT' };
    return { ...(await hashAt(path)), mtimeMs: before.mtimeMs };
  } catch (error) {
    if (!(error instanceof RowtrailError)) return { failure: errnoOf(error) ?? 'EIO' };
    return { failure: error.code };
  }
}

/** What object storage says by itself of files in buckets: whether each is what it has to be, or null where only its bytes can tell. */
export async function* judgeAll<T extends Expected & { readonly path: string }>(
  files: readonly T[],
  signal?: AbortSignal,
): AsyncGenerator<{ readonly file: T; readonly isSame: boolean | null }> {
  yield* severalAtOnce(files, ASKED_AT_ONCE, signal, async (file) => ({
    file,
    isSame: await outputAt(dirname(file.path)).judge(basename(file.path), file),
  }));
}

/** In the order of the list. */
async function* severalAtOnce<T, R>(
  all: readonly T[],
  most: number,
  signal: AbortSignal | undefined,
  work: (one: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  for (const one of all) {
    signal?.throwIfAborted();
    const begun = work(one);
    // Met by whoever waits for it.
    begun.catch(() => {});
    running.push(begun);
    if (running.length < most) continue;
    const first = running.shift();
    if (first !== undefined) yield await first;
  }
  for (const rest of running) yield await rest;
}

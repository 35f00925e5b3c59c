import { createHash } from 'node:crypto';
import type { SidecarFile } from '../sidecar-format.ts';
import type { BucketClient, ObjectFacts } from './bucket.ts';
import { asBase64 } from './contents.ts';
import { storageError } from './storage-error.ts';

/** What is to be there. */
export type Expected = Pick<SidecarFile, 'size' | 'sha256' | 'partsChecksum'>;

/** Whether a checksum that the storage tells is that of the file: of its bytes, or of the parts that it came in. Pure. */
export function isOf(checksum: string, { sha256, partsChecksum }: Expected): boolean {
  if (checksum === asBase64(sha256)) return true;
  // Some storages leave the number of parts out.
  return (
    partsChecksum !== undefined && (checksum === partsChecksum || checksum === partsChecksum.split('-')[0])
  );
}

/**
 * What the storage says of an object against what it has to be: by size and checksum where it tells one of this file, else null, and then
 * only its bytes can tell. Pure.
 */
export function judgeObject(found: ObjectFacts | null, expected: Expected): boolean | null {
  if (found === null || found.size !== expected.size) return false;
  if (found.checksum === null) return null;
  if (isOf(found.checksum, expected)) return true;
  // That of parts which nobody noted says nothing of the whole.
  return found.checksum.includes('-') && expected.partsChecksum === undefined ? null : false;
}

/**
 * Whether an object is the file that it has to be: by what the storage tells of it, else by reading it.
 * @throws RowtrailError storage_unreachable, storage_refused; AbortError
 */
export async function isProven(
  bucket: BucketClient,
  path: string,
  expected: Expected,
  signal?: AbortSignal,
): Promise<boolean> {
  const judged = judgeObject(await bucket.head(path, signal), expected);
  if (judged !== null) return judged;
  const read = await hashObject(bucket, path, signal);
  return read !== null && read.size === expected.size && read.sha256 === expected.sha256;
}

/** Size and SHA-256 (hex) of an object's bytes; null where there is none. @throws as `isProven` */
export async function hashObject(
  bucket: BucketClient,
  path: string,
  signal?: AbortSignal,
): Promise<{ readonly size: number; readonly sha256: string } | null> {
  const found = await bucket.read(path, { signal });
  if (found === null) return null;
  const sum = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of found.body) {
      sum.update(chunk as Buffer);
      size += (chunk as Buffer).length;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw storageError(error, bucket.shown(path));
  }
  return { size, sha256: sum.digest('hex') };
}

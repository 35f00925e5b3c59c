import { createHash, webcrypto } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { RowtrailError } from '../../errors/index.ts';
import type { BucketClient, Part } from './bucket.ts';
import { PART_BYTES, takePlace } from './places-in-memory.ts';

/** Object storages take so many parts of one object. */
const MOST_PARTS = 10_000;
/** So many bytes are hashed before others get their turn. */
const STRIDE = 1 << 20;

/** What arrived of a file, in parts. */
export interface ArrivedParts {
  readonly parts: readonly Part[];
  /** Of all bytes that were sent, hex. */
  readonly sha256: string;
  readonly size: number;
  /** SHA-256 of the parts' SHA-256, base64, with `-` and their number. */
  readonly checksum: string;
}

/**
 * Sends a file in parts. Each is compared with its SHA-256 by the storage, and what the storage tells of it by us; all bytes
 * that go out are hashed together, so that it is known what was sent. A few parts are in memory at once, of all files of this process.
 * @throws RowtrailError storage_unreachable, storage_refused, storage_mismatch; AbortError; the system error of the read
 */
export async function sendParts(
  bucket: BucketClient,
  upload: { readonly path: string; readonly uploadId: string },
  file: string,
  size: number,
  signal: AbortSignal | undefined,
): Promise<ArrivedParts> {
  const partBytes = Math.max(PART_BYTES, Math.ceil(size / MOST_PARTS));
  const count = Math.ceil(size / partBytes);
  const whole = createHash('sha256');
  const sending: Promise<Part>[] = [];
  const failed = new AbortController();
  const ended = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  const handle = await open(file, 'r');
  try {
    for (let at = 0; at < count; at++) {
      const giveBack = await takePlace();
      try {
        ended.throwIfAborted();
        const bytes = await readPart(handle, at * partBytes, Math.min(partBytes, size - at * partBytes));
        await hashInto(whole, bytes);
        const part = sendPart(bucket, upload, at + 1, bytes, ended).finally(giveBack);
        part.catch((error: unknown) => failed.abort(error));
        sending.push(part);
      } catch (error) {
        giveBack();
        throw error;
      }
    }
    const parts = await Promise.all(sending);
    const digests = createHash('sha256');
    for (const { checksum } of parts) digests.update(Buffer.from(checksum, 'base64'));
    return { parts, size, sha256: whole.digest('hex'), checksum: `${digests.digest('base64')}-${count}` };
  } catch (error) {
    failed.abort(error);
    // What made the others end is the reason, not that they ended.
    throw failed.signal.reason;
  } finally {
    await Promise.allSettled(sending);
    await handle.close();
  }
}

async function readPart(handle: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let at = 0; at < length;) {
    const { bytesRead } = await handle.read(bytes, at, length - at, from + at);
    if (bytesRead === 0) throw new Error('the file has become shorter while it was stored');
    at += bytesRead;
  }
  return bytes;
}

async function hashInto(whole: ReturnType<typeof createHash>, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; at += STRIDE) {
    whole.update(bytes.subarray(at, at + STRIDE));
    await nextTurn();
  }
}

async function sendPart(
  bucket: BucketClient,
  upload: { readonly path: string; readonly uploadId: string },
  number: number,
  bytes: Buffer,
  signal: AbortSignal,
): Promise<Part> {
  const sha256 = Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('base64');
  const { told, ...part } = await bucket.uploadPart(upload, number, bytes, sha256, signal);
  if (told !== null && told !== sha256)
    throw new RowtrailError(
      'storage_mismatch',
      `${bucket.shown(upload.path)}: the storage tells another checksum of part ${number} than that of what was sent`,
    );
  return part;
}

import { createHash, hash } from 'node:crypto';
import { type BigIntStats, closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import type { HashAnswer, HashRequest } from './hash-pool.ts';

/** A thread that reads files and computes their SHA-256: many small ones in a row, or one large one. */

/** Large enough that reading waits for the disk and not for calls; small enough to stay in the processor's cache. */
const CHUNK_BYTES = 1 << 18;

const port = parentPort;
if (port === null) throw new Error('the hash worker runs in a worker thread only');
const chunk = Buffer.allocUnsafe(CHUNK_BYTES);

port.on('message', (paths: HashRequest) => port.postMessage(paths.map(answerFor) satisfies HashAnswer));

function answerFor(path: string): HashAnswer[number] {
  try {
    const file = openSync(path, 'r');
    try {
      const before = fstatSync(file, { bigint: true });
      if (!before.isFile()) return { failure: 'EINVAL' };
      const sha256 = hashOpen(file);
      const after = fstatSync(file, { bigint: true });
      if (!isSame(before, after)) return { failure: 'changed' };
      return { size: Number(after.size), mtimeMs: fstatSync(file).mtimeMs, sha256 };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    return { failure: typeof code === 'string' ? code : 'EIO' };
  }
}

function hashOpen(file: number): string {
  const first = readSync(file, chunk, 0, CHUNK_BYTES, null);
  // A single call is twice as fast for a small file.
  if (first < CHUNK_BYTES && readSync(file, chunk, first, CHUNK_BYTES - first, null) === 0)
    return hash('sha256', chunk.subarray(0, first), 'hex');
  return hashLarge(file);
}

function hashLarge(file: number): string {
  const sum = createHash('sha256');
  for (let at = 0; ;) {
    const read = readSync(file, chunk, 0, CHUNK_BYTES, at);
    if (read === 0) return sum.digest('hex');
    sum.update(chunk.subarray(0, read));
    at += read;
  }
}

function isSame(before: BigIntStats, after: BigIntStats): boolean {
  return before.size === after.size && before.mtimeNs === after.mtimeNs && before.ctimeNs === after.ctimeNs;
}

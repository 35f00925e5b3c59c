import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type FileIdentity, readIdentityNow, sameIdentity } from '../csv/index.ts';

/** Since when a file holds the same bytes, whatever becomes of its time. */
export class SameBytes {
  readonly #path: string;
  #digest: string | null = null;
  #since = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Reads the file. @returns milliseconds for which it is known to hold what it holds now; 0 where it is no longer the given one */
  async heldFor(given: FileIdentity): Promise<number> {
    const begun = performance.now();
    const digest = await digestOf(this.#path);
    const now = readIdentityNow(this.#path);
    if (digest !== this.#digest) [this.#digest, this.#since] = [digest, begun];
    return now !== null && sameIdentity(now, given) ? begun - this.#since : 0;
  }
}

/** Null where it cannot be read: why is said by whoever opens it. */
async function digestOf(path: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch {
    return null;
  }
  return hash.digest('hex');
}

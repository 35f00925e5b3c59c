import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fileError } from '../../errors/index.ts';
import { Digest } from './digest.ts';
import type { ResponseFacts } from './response-facts.ts';

/** What must still be true of the host's file for a part of it to be continued. */
export type PartFacts = Pick<ResponseFacts, 'size' | 'etag' | 'lastModified' | 'md5' | 'crc32c'>;

const factsSchema = z.object({
  size: z.number().int().nonnegative().nullable(),
  etag: z.string().nullable(),
  lastModified: z.string().nullable(),
  md5: z.string().nullable(),
  crc32c: z.string().nullable(),
});

/** Enough that a disk is not asked for every packet. */
const WRITE_BYTES = 1 << 20;

/**
 * The beginning of a file in an attempt's staging folder, with the facts of the answer it came from. Both survive a
 * crash; a part whose facts are missing or broken counts as none.
 */
export class Part {
  readonly path: string;
  readonly #factsPath: string;
  #facts: PartFacts | null;
  #size: number;

  private constructor(path: string, factsPath: string, facts: PartFacts | null, size: number) {
    this.path = path;
    this.#factsPath = factsPath;
    this.#facts = facts;
    this.#size = size;
  }

  /** The part of a file that is known by its id. @throws RowtrailError (access_denied, write_failed) */
  static async load(dir: string, id: string): Promise<Part> {
    const name = createHash('sha256').update(id).digest('hex').slice(0, 16);
    const path = join(dir, `${name}.part`);
    const factsPath = join(dir, `${name}.json`);
    const facts = await readFacts(factsPath);
    const size = facts === null ? 0 : await sizeOf(path);
    return new Part(path, factsPath, facts, size);
  }

  get facts(): PartFacts | null {
    return this.#facts;
  }

  /** Bytes on disk. */
  get size(): number {
    return this.#size;
  }

  /** Begins anew, for the file that these facts describe. */
  async restart(facts: PartFacts): Promise<void> {
    try {
      await rm(this.#factsPath, { force: true });
      await writeFile(this.path, '');
      const { size, etag, lastModified, md5, crc32c } = facts;
      await writeFile(`${this.#factsPath}.new`, JSON.stringify({ size, etag, lastModified, md5, crc32c }));
      await rename(`${this.#factsPath}.new`, this.#factsPath);
    } catch (error) {
      throw fileError(error, 'The download could not be begun', { file: this.path });
    }
    this.#facts = facts;
    this.#size = 0;
  }

  /** Forgets everything. */
  async remove(): Promise<void> {
    await rm(this.#factsPath, { force: true });
    await rm(this.path, { force: true });
    this.#facts = null;
    this.#size = 0;
  }

  /** The digest of the first `bytes` bytes. @throws RowtrailError, AbortError */
  async digestOf(bytes: number, facts: PartFacts, signal: AbortSignal | undefined): Promise<Digest> {
    const digest = new Digest(facts);
    if (bytes === 0) return digest;
    const options = { start: 0, end: bytes - 1, highWaterMark: WRITE_BYTES };
    const stream = createReadStream(this.path, signal === undefined ? options : { ...options, signal });
    for await (const chunk of stream) digest.update(chunk as Buffer);
    return digest;
  }

  /**
   * Appends a body at `offset`, hashing it as it flows. What arrived before the body failed or the signal fired is on
   * disk and in the digest when this rejects.
   * @throws RowtrailError of the disk; the body's own error as it is
   */
  async append(
    body: AsyncIterable<Buffer>,
    { offset, digest, onBytes }: { offset: number; digest: Digest; onBytes: (size: number) => void },
  ): Promise<void> {
    const file = await this.#open(offset);
    let waiting: Buffer[] = [];
    let waitingBytes = 0;
    let writing: Promise<void> = Promise.resolve();
    const flush = async () => {
      await writing;
      const chunks = waiting;
      const at = this.#size;
      this.#size += waitingBytes;
      waiting = [];
      waitingBytes = 0;
      writing = this.#write(file, chunks, at);
      // A failed write is met at the next flush; until then it must not count as unhandled.
      writing.catch(() => {});
    };
    try {
      try {
        for await (const chunk of body) {
          digest.update(chunk);
          waiting.push(chunk);
          waitingBytes += chunk.length;
          onBytes(this.#size + waitingBytes);
          if (waitingBytes >= WRITE_BYTES) await flush();
        }
      } finally {
        await flush();
        await writing;
      }
    } finally {
      await file.close();
    }
  }

  async #open(offset: number): Promise<FileHandle> {
    try {
      const file = await open(this.path, 'r+');
      await file.truncate(offset);
      this.#size = offset;
      return file;
    } catch (error) {
      throw fileError(error, 'The download could not be continued', { file: this.path });
    }
  }

  async #write(file: FileHandle, chunks: readonly Buffer[], at: number): Promise<void> {
    let position = at;
    try {
      let rest = [...chunks];
      while (rest.length > 0) {
        const { bytesWritten } = await file.writev(rest, position);
        position += bytesWritten;
        rest = after(rest, bytesWritten);
      }
    } catch (error) {
      throw fileError(error, 'The download could not be written', { file: this.path });
    }
  }
}

/** What is left of the chunks after so many bytes of them. */
function after(chunks: readonly Buffer[], bytes: number): Buffer[] {
  let left = bytes;
  return chunks.flatMap((chunk) => {
    const skipped = Math.min(left, chunk.length);
    left -= skipped;
    return skipped === chunk.length ? [] : [chunk.subarray(skipped)];
  });
}

async function readFacts(path: string): Promise<PartFacts | null> {
  try {
    return factsSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    // Missing or cut short by a crash: the file is fetched from its beginning.
    return null;
  }
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  return found?.size ?? 0;
}

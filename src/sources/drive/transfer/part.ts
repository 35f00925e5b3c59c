import { createHash } from 'node:crypto';
import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError, RowtrailError } from '../../../errors/index.ts';
import { type Digests, type FollowedFile, followFile } from '../../../files/index.ts';
import {
  beginRecord,
  type OpenRecord,
  openRecord,
  type PartFacts,
  type PartRecord,
  readRecord,
  removeRecord,
} from './part-record.ts';
import { bytesIn, frontOf, merged, type Range } from './ranges.ts';

/** So much is written before the disk is asked to have it, so that the end is no long wait and little is lost with the power. */
const SYNC_BYTES = 64 << 20;

/**
 * What has arrived of a file, in an attempt's staging folder, with the facts of the answer it came from. Both survive a
 * crash; a part whose facts are missing or broken counts as none. Ranges may be written in any order and at once; the
 * digests are computed behind the front of what is there without a gap.
 */
export class Part {
  readonly path: string;
  readonly #recordPath: string;
  #facts: PartFacts | null = null;
  #arrived: readonly Range[] = [];
  #isSplit = false;
  #record: Promise<OpenRecord> | null = null;
  #file: FileHandle | null = null;
  #followed: FollowedFile | null = null;
  #unsynced = 0;
  #syncing: Promise<void> | null = null;
  #syncError: unknown = null;

  private constructor(path: string, recordPath: string) {
    this.path = path;
    this.#recordPath = recordPath;
  }

  /** The part of a file that is known by its id. @throws RowtrailError (access_denied, write_failed) */
  static async load(dir: string, id: string): Promise<Part> {
    const name = createHash('sha256').update(id).digest('hex').slice(0, 16);
    const part = new Part(join(dir, `${name}.part`), join(dir, `${name}.json`));
    const record = await readRecord(part.#recordPath);
    if (record !== null) await part.#continue(record);
    return part;
  }

  async #continue({ facts, ranges }: PartRecord): Promise<void> {
    const onDisk = (await stat(this.path).catch(() => null))?.size ?? 0;
    const known = ranges ?? [{ start: 0, end: onDisk }];
    this.#facts = facts;
    this.#isSplit = ranges !== null;
    // What lies behind the file's end never reached the disk.
    this.#arrived = merged(known.map(({ start, end }) => ({ start, end: Math.min(end, onDisk) })));
  }

  get facts(): PartFacts | null {
    return this.#facts;
  }

  /** What is on disk. */
  get arrived(): readonly Range[] {
    return this.#arrived;
  }

  /** Bytes on disk. */
  get received(): number {
    return bytesIn(this.#arrived);
  }

  /** Begins anew, for the file that these facts describe. @throws RowtrailError of the disk */
  async restart(facts: PartFacts): Promise<void> {
    await this.#letGo();
    try {
      await removeRecord(this.#recordPath);
      this.#file = await open(this.path, 'w+');
      await beginRecord(this.#recordPath, facts);
    } catch (error) {
      throw fileError(error, 'The download could not be begun', { file: this.path });
    }
    this.#facts = facts;
    this.#arrived = [];
    this.#isSplit = false;
  }

  /** Notes which ranges are there from now on: to be called before bytes are written out of order. */
  async split(): Promise<void> {
    if (this.#isSplit) return;
    this.#isSplit = true;
    try {
      for (const range of this.#arrived) await this.#note(range);
    } catch (error) {
      throw fileError(error, 'The download could not be written', { file: this.path });
    }
  }

  /**
   * Writes chunks where they belong; they count as arrived, also after a kill, once this resolves.
   * @throws RowtrailError of the disk
   */
  async write(chunks: readonly Buffer[], start: number): Promise<void> {
    try {
      if (this.#syncError !== null) throw this.#syncError;
      const file = (this.#file ??= await open(this.path, 'r+'));
      const end = await writeAll(file, chunks, start);
      if (this.#isSplit) await this.#note({ start, end });
      this.#arrived = merged([...this.#arrived, { start, end }]);
      this.#followed?.advance(frontOf(this.#arrived));
      this.#unsynced += end - start;
      if (this.#unsynced >= SYNC_BYTES) this.#syncBehind(file);
    } catch (error) {
      throw fileError(error, 'The download could not be written', { file: this.path });
    }
  }

  /** Has the digests computed from now on, beside what is written. */
  follow(): void {
    if (this.#followed !== null || this.#facts === null) return;
    const { md5, crc32c } = this.#facts;
    // MD5 says more than CRC-32C; one published checksum is enough.
    this.#followed = followFile(this.path, { md5: md5 !== null, crc32c: md5 === null && crc32c !== null });
    this.#followed.advance(frontOf(this.#arrived));
  }

  /** The digests of the whole file. @throws RowtrailError of the disk */
  async digests(): Promise<Digests> {
    this.follow();
    const followed = this.#followed;
    if (followed === null) throw new RowtrailError('short_body', 'Nothing of the file has arrived');
    this.#followed = null;
    try {
      return await followed.finish(frontOf(this.#arrived));
    } catch (error) {
      throw fileError(error, 'The download could not be read', { file: this.path });
    }
  }

  /** Lets go of the file and leaves it for the next attempt. */
  async close(): Promise<void> {
    await this.#letGo();
  }

  /** Forgets everything. */
  async remove(): Promise<void> {
    await this.#letGo();
    await removeRecord(this.#recordPath);
    await rm(this.path, { force: true });
    this.#facts = null;
    this.#arrived = [];
    this.#isSplit = false;
  }

  async #note(range: Range): Promise<void> {
    this.#record ??= openRecord(this.#recordPath);
    await (await this.#record).add(range);
  }

  async #letGo(): Promise<void> {
    const record = this.#record;
    this.#record = null;
    // What kept it from being opened was told to whoever wrote.
    await (await record?.catch(() => null))?.close();
    this.#followed?.drop();
    this.#followed = null;
    await this.#syncing;
    this.#syncError = null;
    this.#unsynced = 0;
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  #syncBehind(file: FileHandle): void {
    if (this.#syncing !== null) return;
    this.#unsynced = 0;
    this.#syncing = file
      .datasync()
      // The next write meets it.
      .catch((error: unknown) => void (this.#syncError = error))
      .finally(() => (this.#syncing = null));
  }
}

/** @returns where the written bytes end */
async function writeAll(file: FileHandle, chunks: readonly Buffer[], start: number): Promise<number> {
  let position = start;
  let rest = [...chunks];
  while (rest.length > 0) {
    const { bytesWritten } = await file.writev(rest, position);
    position += bytesWritten;
    rest = after(rest, bytesWritten);
  }
  return position;
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

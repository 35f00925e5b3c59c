import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { fileError, RowtrailError } from '../../../errors/index.ts';
import {
  type Digests,
  type FollowedFile,
  followFile,
  removeFile,
  type WantedDigests,
} from '../../../files/index.ts';
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
import { SyncBehind } from './sync-behind.ts';
import { writeAll } from './write-all.ts';

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
  #recordId = '';
  /** Notes which ranges are there, once bytes come out of order. */
  #split: Promise<void> | null = null;
  #record: Promise<OpenRecord> | null = null;
  #file: FileHandle | null = null;
  #followed: { readonly file: FollowedFile; readonly wanted: WantedDigests } | null = null;
  readonly #synced = new SyncBehind();

  private constructor(path: string, recordPath: string) {
    this.path = path;
    this.#recordPath = recordPath;
  }

  /** The part of a file that is known by its id. @throws RowtrailError (access_denied, write_failed) */
  static async load(dir: string, id: string): Promise<Part> {
    const name = createHash('sha256').update(id).digest('hex').slice(0, 16);
    const part = new Part(join(dir, `${name}.part`), join(dir, `${name}.json`));
    const record = await readRecord(part.#recordPath);
    try {
      if (record !== null) await part.#continue(record);
    } catch (error) {
      throw fileError(error, 'The download could not be continued', { file: part.path });
    }
    return part;
  }

  async #continue({ facts, id, part, isOfThisBoot, ranges, synced }: PartRecord): Promise<void> {
    const found = await stat(this.path).catch(() => null);
    const size = found?.size ?? 0;
    // Since the machine was started again, what was not synced may be zeros, or what the disk had there before.
    const known = isOfThisBoot ? (ranges ?? [{ start: 0, end: size }]) : synced;
    // What lies behind the file's end never reached the disk.
    const arrived = merged(known.map(({ start, end }) => ({ start, end: Math.min(end, size) })));
    this.#recordId = id;
    if (!isOfThisBoot) {
      if (found === null || markOf(found) !== part || arrived.length === 0) return;
      this.#recordId = await beginRecord(this.#recordPath, facts, part, arrived);
    }
    this.#facts = facts;
    if (ranges !== null || !isOfThisBoot) this.#split = Promise.resolve();
    this.#arrived = arrived;
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
      // A new file, so that a record that comes back after a loss of power is none of its bytes.
      await removeFile(this.path);
      this.#file = await open(this.path, 'w+');
      this.#recordId = await beginRecord(this.#recordPath, facts, markOf(await this.#file.stat()), []);
    } catch (error) {
      throw fileError(error, 'The download could not be begun', { file: this.path });
    }
    this.#facts = facts;
    this.#arrived = [];
    this.#split = null;
  }

  /** Notes which ranges are there from now on: to be called before bytes are written out of order. @throws RowtrailError of the disk */
  async split(): Promise<void> {
    try {
      // Of a part without a line all is taken to be there, also the gap before what comes first out of order.
      await (this.#split ??= this.#note([{ start: 0, end: 0 }, ...this.#arrived]));
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
      this.#synced.check();
      const file = (this.#file ??= await open(this.path, 'r+'));
      const end = await writeAll(file, chunks, start);
      if (this.#split !== null) {
        await this.#split;
        await this.#note([{ start, end }]);
      }
      this.#arrived = merged([...this.#arrived, { start, end }]);
      this.#followed?.file.advance(frontOf(this.#arrived));
      this.#synced.wrote(end - start, () => this.#sync(file, this.#arrived));
    } catch (error) {
      throw fileError(error, 'The download could not be written', { file: this.path });
    }
  }

  /**
   * Has the digests computed from now on, beside what is written.
   * @param published the checksums to compare with, which the part's first answer need not have said
   */
  follow({ md5, crc32c }: Pick<PartFacts, 'md5' | 'crc32c'>): void {
    // MD5 says more than CRC-32C; one published checksum is enough.
    const wanted = { md5: md5 !== null, crc32c: md5 === null && crc32c !== null };
    if (isDeepStrictEqual(this.#followed?.wanted, wanted)) return;
    this.#followed?.file.drop();
    this.#followed = { file: followFile(this.path, wanted), wanted };
    this.#followed.file.advance(frontOf(this.#arrived));
  }

  /** The digests of the whole file that is followed. @throws RowtrailError of the disk */
  async digests(): Promise<Digests> {
    const followed = this.#followed?.file;
    if (followed === undefined) throw new RowtrailError('short_body', 'Nothing of the file has arrived');
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
    await removeFile(this.path);
    this.#facts = null;
    this.#arrived = [];
    this.#split = null;
  }

  async #note(ranges: readonly Range[]): Promise<void> {
    await (await this.#openedRecord()).add(ranges);
  }

  #openedRecord(): Promise<OpenRecord> {
    return (this.#record ??= openRecord(this.#recordPath, this.#recordId));
  }

  async #letGo(): Promise<void> {
    await this.#synced.end();
    const record = this.#record;
    this.#record = null;
    // What kept it from being opened was told to whoever wrote.
    await (await record?.catch(() => null))?.close();
    this.#followed?.file.drop();
    this.#followed = null;
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  async #sync(file: FileHandle, written: readonly Range[]): Promise<void> {
    await file.datasync();
    await (await this.#openedRecord()).addSynced(written);
  }
}

/** What a part's file is known by. */
function markOf({ ino, birthtimeMs }: Stats): string {
  return `${ino}-${birthtimeMs}`;
}

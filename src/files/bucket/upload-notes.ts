import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { RowtrailError } from '../../errors/index.ts';
import { writeDurably } from '../durable.ts';
import { removeFile } from '../remove-file.ts';
import { type Attempt, leftUploads, openStaging, UPLOADS } from '../staging.ts';
import type { BucketClient } from './bucket.ts';

/** An upload in parts, and the note of it in staging. */
export interface NotedUpload {
  readonly path: string;
  readonly uploadId: string;
  readonly note: string;
}

const noted = z.object({ path: z.string(), uploadId: z.string() });

/**
 * Notes of uploads that are under way, in a staging folder of this process's own. Parts of an upload that nobody completes cost
 * money and are seen by nobody: when a process dies, the next one on this machine finds its notes and gives its uploads up.
 */
export class UploadNotes {
  readonly #workDir: string;
  #folder: Promise<Attempt> | null = null;
  #users = 0;

  constructor(workDir: string) {
    this.#workDir = workDir;
  }

  /** Begins an upload. The note is on the disk before the first part is sent. */
  async begin(bucket: BucketClient, path: string, type: string): Promise<NotedUpload> {
    this.#users += 1;
    try {
      this.#folder ??= openStaging(this.#workDir, UPLOADS);
      const { dir } = await this.#folder;
      const uploadId = await bucket.beginUpload(path, type);
      const note = join(dir, `${randomUUID()}.json`);
      await writeDurably(note, Buffer.from(JSON.stringify({ path, uploadId })));
      return { path, uploadId, note };
    } catch (error) {
      await this.#left();
      throw error;
    }
  }

  async completed({ note }: NotedUpload): Promise<void> {
    await removeFile(note);
    await this.#left();
  }

  /** Gives an upload up; where the storage cannot be told, the note stays for the next process. */
  async giveUp(bucket: BucketClient, upload: NotedUpload): Promise<void> {
    try {
      await bucket.abortUpload(upload);
      await removeFile(upload.note);
    } finally {
      await this.#left();
    }
  }

  /** The folder goes with its last user, unless a note has to stay. */
  async #left(): Promise<void> {
    this.#users -= 1;
    const folder = this.#folder;
    if (this.#users > 0 || folder === null) return;
    this.#folder = null;
    const attempt = await folder.catch(() => null);
    if (attempt === null) return;
    const names = await readdir(attempt.dir).catch(() => []);
    await (names.some((name) => name.endsWith('.json')) ? attempt.close() : attempt.discard());
  }
}

/** Gives up what processes left that died while they uploaded. @returns how many uploads that were */
export async function giveUpDeadUploads(workDir: string, bucket: BucketClient): Promise<number> {
  let count = 0;
  for (const attempt of await leftUploads(workDir)) {
    try {
      for (const name of await readdir(attempt.dir)) {
        if (!name.endsWith('.json')) continue;
        const text = await readFile(join(attempt.dir, name), 'utf8');
        const read = noted.safeParse(parseJson(text));
        // A note that was cut off is of an upload that had not begun to send.
        if (!read.success) continue;
        await bucket.abortUpload(read.data);
        count += 1;
      }
    } catch (error) {
      await attempt.close();
      throw error;
    }
    await attempt.discard();
  }
  return count;
}

/** Milliseconds after which an upload that was never completed is given up, whichever machine began it: none takes so long. */
const ABANDONED_MS = 7 * 86_400_000;

/**
 * Gives up uploads below the prefix that were begun long ago and never completed: those of machines that never came back.
 * @param now milliseconds since 1970
 */
export async function giveUpAbandonedUploads(bucket: BucketClient, now: number): Promise<void> {
  try {
    for await (const { path, uploadId, begunAt } of bucket.unfinishedUploads())
      if (now - begunAt.getTime() > ABANDONED_MS) await bucket.abortUpload({ path, uploadId });
  } catch (error) {
    // Keys that may not list uploads can do all else; a rule of the bucket can do this in their place.
    if (!(error instanceof RowtrailError)) throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

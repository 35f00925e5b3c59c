import type { Dirent } from 'node:fs';
import { lstat, opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What the download folders take up. */
export interface DiskUsage {
  /** All files, staging and sidecars as well. A file with several names counts once. */
  readonly bytes: number;
  /** `disk`: each file was looked at; `ledger`: there are too many, these are the sizes on record; `partial`: what was seen until the time was up. */
  readonly source: 'disk' | 'ledger' | 'partial';
  /** Media files and transcripts that were seen: no sidecars, nothing in folders that begin with a dot. */
  readonly mediaFiles: number;
  readonly mediaBytes: number;
}

/** How far a look at the disk may go. */
export interface UsageLimits {
  readonly maxFiles: number;
  readonly maxMilliseconds: number;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonic: () => number;
}

/** A hundred thousand files take about two seconds. */
const LIMITS: UsageLimits = {
  maxFiles: 100_000,
  maxMilliseconds: 2500,
  monotonic: () => performance.now(),
};
/** Files asked for their size at once. */
const AT_ONCE = 32;
const SIDECAR = /_metadata\.json$/;

/**
 * Measures folders, one inside the other or twice the same counted once. Links are not followed; a folder that is not there
 * is empty, one that cannot be read counts as far as it can.
 * @param recorded bytes on record, for folders that are too large to look through; null where there is no record
 */
export async function measureDiskUsage(
  folders: readonly string[],
  recorded: number | null,
  limits: UsageLimits = LIMITS,
): Promise<DiskUsage> {
  // What stands in a bucket is on no disk of ours: what is on record says how much it is.
  if (folders.some((folder) => folder.startsWith('s3://')))
    return { bytes: recorded ?? 0, source: 'ledger', mediaFiles: 0, mediaBytes: 0 };
  const walk = new Walk(limits);
  for (const folder of folders) await walk.measure(folder);
  const { bytes, mediaFiles, mediaBytes, complete } = walk;
  if (complete) return { bytes, source: 'disk', mediaFiles, mediaBytes };
  return recorded !== null && recorded >= bytes
    ? { bytes: recorded, source: 'ledger', mediaFiles, mediaBytes }
    : { bytes, source: 'partial', mediaFiles, mediaBytes };
}

class Walk {
  bytes = 0;
  mediaFiles = 0;
  mediaBytes = 0;
  complete = true;
  readonly #limits: UsageLimits;
  readonly #end: number;
  readonly #seen = new Set<string>();
  #files = 0;

  constructor(limits: UsageLimits) {
    this.#limits = limits;
    this.#end = limits.monotonic() + limits.maxMilliseconds;
  }

  async measure(folder: string): Promise<void> {
    const waiting = [{ path: folder, isHidden: false }];
    for (let at = waiting.pop(); at !== undefined && this.complete; at = waiting.pop()) {
      const { path, isHidden } = at;
      if (!(await this.#isNew(path))) continue;
      let files: string[] = [];
      for await (const entry of entriesOf(path)) {
        const inner = join(path, entry.name);
        if (entry.isDirectory())
          waiting.push({ path: inner, isHidden: isHidden || entry.name.startsWith('.') });
        else if (entry.isFile()) files.push(inner);
        if (files.length < AT_ONCE) continue;
        await this.#add(files, isHidden);
        files = [];
        if (!this.complete) break;
      }
      await this.#add(files, isHidden);
    }
  }

  async #isNew(folder: string): Promise<boolean> {
    try {
      const { dev, ino } = await stat(folder, { bigint: true });
      return this.#note(`${dev}:${ino}`);
    } catch {
      return false;
    }
  }

  #note(inode: string): boolean {
    if (this.#seen.has(inode)) return false;
    this.#seen.add(inode);
    return true;
  }

  async #add(files: readonly string[], isHidden: boolean): Promise<void> {
    this.#files += files.length;
    await Promise.all(files.map((file) => this.#addFile(file, isHidden)));
    if (this.#files > this.#limits.maxFiles || this.#limits.monotonic() > this.#end) this.complete = false;
  }

  async #addFile(file: string, isHidden: boolean): Promise<void> {
    // One that is gone by now takes up nothing.
    const found = await lstat(file).catch(() => null);
    if (found === null || !found.isFile()) return;
    if (found.nlink === 1 || this.#note(`${found.dev}:${found.ino}`)) this.bytes += found.size;
    if (isHidden || SIDECAR.test(file)) return;
    this.mediaFiles++;
    this.mediaBytes += found.size;
  }
}

async function* entriesOf(folder: string): AsyncGenerator<Dirent> {
  try {
    yield* await opendir(folder, { bufferSize: 256 });
  } catch {
    // What cannot be read cannot be counted; `rowtrail doctor` tells of it.
  }
}

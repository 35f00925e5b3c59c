import { appendFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { errnoOf } from '../errors/index.ts';
import type { DiskFile, HashedFile } from '../files/index.ts';

/**
 * Which files were read and what was in them, beside the ledger, one line each: an interrupted look at all bytes goes on where it was, and
 * a quick one need not read a file twice for the same change.
 */
export class ReadLog {
  readonly #path: string;
  readonly #known: Map<string, Line>;
  /** Lines of the file that a later one has replaced. */
  readonly #stale: number;
  #waiting: string[] = [];
  /** When the look at all bytes began that was not brought to its end, or null. */
  #begun: number | null;

  private constructor(path: string, known: Map<string, Line>, stale: number, begun: number | null) {
    this.#path = path;
    this.#known = known;
    this.#stale = stale;
    this.#begun = begun;
  }

  static async open(path: string): Promise<ReadLog> {
    const known = new Map<string, Line>();
    let begun: number | null = null;
    let count = 0;
    for (const text of (await textOf(path)).split('\n')) {
      const line = parse(text);
      if (line === null) continue;
      if ('path' in line) {
        known.set(line.path, line);
        count++;
      } else if (!line.ended) begun ??= line.at;
      else begun = null;
    }
    return new ReadLog(path, known, count - known.size, begun);
  }

  /** What was in a file, where it has not changed since it was read. */
  get(path: string, { size, mtimeMs }: DiskFile): (HashedFile & { readonly sha256: string }) | null {
    const line = this.#known.get(path);
    if (line === undefined || line.size !== size || line.mtime_ms !== mtimeMs) return null;
    return { size, mtimeMs, sha256: line.sha256 };
  }

  /** Begins a look at all bytes, or goes on with one that was interrupted. @returns whether it goes on */
  async begin(now: Date): Promise<boolean> {
    if (this.#begun !== null) return true;
    this.#begun = now.getTime();
    await this.#write({ at: now.getTime(), ended: false });
    return false;
  }

  /** Whether a file was read since the present look at all bytes began, and has not changed. */
  wasRead(path: string, file: DiskFile): boolean {
    const line = this.#known.get(path);
    return (
      line !== undefined &&
      this.#begun !== null &&
      line.read_at >= this.#begun &&
      this.get(path, file) !== null
    );
  }

  async add(path: string, hashed: HashedFile, now: Date): Promise<void> {
    if (!('sha256' in hashed)) return;
    const { size, mtimeMs, sha256 } = hashed;
    const line = { path, size, mtime_ms: mtimeMs, sha256, read_at: now.getTime() };
    this.#known.set(path, line);
    this.#waiting.push(JSON.stringify(line));
    if (this.#waiting.length >= LINES_AT_ONCE) await this.flush();
  }

  async flush(): Promise<void> {
    const lines = this.#waiting.splice(0);
    if (lines.length > 0) await this.#append(lines);
  }

  /** Everything was read. Lines that say the same twice go. @param isThere whether a file still exists */
  async end(now: Date, isThere: (path: string) => boolean): Promise<void> {
    await this.flush();
    this.#begun = null;
    await this.#write({ at: now.getTime(), ended: true });
    const gone = [...this.#known.keys()].filter((path) => !isThere(path)).length;
    if (this.#stale + gone < this.#known.size / 2) return;
    await this.#rewrite((path) => isThere(path));
  }

  /** Removes what is known of some files. @returns how many lines went */
  async forget(isMeant: (path: string) => boolean): Promise<number> {
    const meant = [...this.#known.keys()].filter(isMeant).length;
    if (meant > 0) await this.#rewrite((path) => !isMeant(path));
    return meant;
  }

  async #rewrite(isKept: (path: string) => boolean): Promise<void> {
    const kept = [...this.#known.values()].filter(({ path }) => isKept(path));
    for (const path of this.#known.keys()) if (!isKept(path)) this.#known.delete(path);
    const begun = this.#begun === null ? [] : [JSON.stringify({ at: this.#begun, ended: false })];
    const text = [...begun, ...kept.map((line) => JSON.stringify(line))].map((line) => `${line}\n`).join('');
    const written = `${this.#path}.new`;
    try {
      await writeFile(written, text);
      await rename(written, this.#path);
    } catch (error) {
      await rm(written, { force: true });
      throw error;
    }
  }

  #write(line: { readonly at: number; readonly ended: boolean }): Promise<void> {
    return this.#append([JSON.stringify(line)]);
  }

  async #append(lines: readonly string[]): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    await appendFile(this.#path, lines.map((line) => `${line}\n`).join(''));
  }
}

/** Lost with a kill at most, and read again then. */
const LINES_AT_ONCE = 200;

const lineSchema = z.object({
  path: z.string(),
  size: z.number(),
  mtime_ms: z.number(),
  sha256: z.string(),
  read_at: z.number(),
});
type Line = z.output<typeof lineSchema>;
const sessionSchema = z.object({ at: z.number(), ended: z.boolean() });

/** Null for a line that a kill cut off. */
function parse(text: string): Line | z.output<typeof sessionSchema> | null {
  if (text === '') return null;
  try {
    const value: unknown = JSON.parse(text);
    return lineSchema.safeParse(value).data ?? sessionSchema.safeParse(value).data ?? null;
  } catch {
    return null;
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  }
}

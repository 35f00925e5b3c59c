import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../errors/index.ts';
import { type AttemptKey, attemptName, STAGING_FOLDER } from './staging.ts';

/** A folder that an attempt left. */
export interface LeftStaging {
  /** Absolute where the download folder is. */
  readonly path: string;
  /** Of everything in it. */
  readonly bytes: number;
  /** Of the youngest file in it, in milliseconds since 1970. */
  readonly mtimeMs: number;
}

/** What attempts left in a download folder; with keys, only what these downloads' attempts left. */
export async function leftStaging(
  outputDir: string,
  keys?: Iterable<AttemptKey>,
): Promise<readonly LeftStaging[]> {
  const wanted = keys === undefined ? null : new Set(Array.from(keys, attemptName));
  const staging = join(outputDir, STAGING_FOLDER);
  const names = await readdir(staging).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return [];
    throw error;
  });
  const left: LeftStaging[] = [];
  for (const name of names.toSorted())
    if (wanted === null || wanted.has(name.split('.')[0] ?? '')) left.push(await sized(join(staging, name)));
  return left;
}

async function sized(path: string): Promise<LeftStaging> {
  const own = await stat(path).catch(() => null);
  if (own === null || !own.isDirectory()) return { path, bytes: own?.size ?? 0, mtimeMs: own?.mtimeMs ?? 0 };
  let bytes = 0;
  let { mtimeMs } = own;
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    const file = entry.isFile() ? await stat(join(entry.parentPath, entry.name)).catch(() => null) : null;
    bytes += file?.size ?? 0;
    mtimeMs = Math.max(mtimeMs, file?.mtimeMs ?? 0);
  }
  return { path, bytes, mtimeMs };
}

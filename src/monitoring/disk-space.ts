import { stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Free bytes of the fullest disk that one of these folders stands on, or will stand on; null when none can be asked. */
export async function freeDiskSpace(folders: readonly string[]): Promise<number | null> {
  const free = await Promise.all(folders.map(freeBytes));
  const known = free.filter((bytes) => bytes !== null);
  return known.length === 0 ? null : Math.min(...known);
}

async function freeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(await nearestFolder(resolve(folder)));
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** The folder itself, or the nearest one above that exists. */
async function nearestFolder(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch(() => null);
    if (found?.isDirectory() || at === dirname(at)) return at;
  }
}

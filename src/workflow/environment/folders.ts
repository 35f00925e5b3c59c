import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { classifyError, errnoOf, RowtrailError } from '../../errors/index.ts';
import { type EnvironmentCheck, fine, problem } from './check.ts';

/** Free disk space below which a run is a risk, in bytes. */
const LEAST_FREE = 1_000_000_000;

/** Whether files can be written into a folder, or into one that is made there. Makes nothing. */
export async function checkFolder(folder: string): Promise<EnvironmentCheck> {
  const name = `folder ${folder}`;
  const place = resolve(folder);
  try {
    const nearest = await nearestExisting(place);
    if (!nearest.isFolder) throw new RowtrailError('access_denied', `${nearest.path} is not a folder`);
    await access(nearest.path, constants.W_OK | constants.X_OK);
    return fine(name, nearest.path === place ? 'writable' : 'will be made');
  } catch (error) {
    return problem(
      name,
      error,
      `Make ${place} writable, or choose another folder with --youtube-dir and --drive-dir.`,
      classifyError(error),
    );
  }
}

/** The room that is left for these folders: on two disks, the smaller. @param leastFree bytes */
export async function checkDisk(
  folders: readonly string[],
  leastFree: number = LEAST_FREE,
): Promise<EnvironmentCheck> {
  const name = 'disk space';
  try {
    const free = Math.min(...(await Promise.all(folders.map(freeBytes))));
    const found = `${(free / 1e9).toFixed(1)} GB free`;
    if (free >= leastFree) return fine(name, found);
    const mend = `Free at least ${leastFree / 1e9} GB, or choose folders on another disk.`;
    return { name, status: 'problem', found, mend, cause: 'disk_full' };
  } catch (error) {
    return problem(name, error, 'Check the disk.', classifyError(error));
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs((await nearestExisting(resolve(folder))).path);
  return bavail * bsize;
}

/** The path itself, or the nearest one above that exists. */
async function nearestExisting(path: string): Promise<{ readonly path: string; readonly isFolder: boolean }> {
  for (let at = path; ; at = dirname(at)) {
    try {
      return { path: at, isFolder: (await stat(at)).isDirectory() };
    } catch (error) {
      const missing = ['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '');
      if (!missing || at === dirname(at)) throw error;
    }
  }
}

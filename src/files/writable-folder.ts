import { constants } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { access, lstat, mkdir, rmdir, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf, fileError, RowtrailError } from '../errors/index.ts';

/** The path itself, or the nearest one above that exists. @param path absolute @throws the system error, also for a link to nothing */
export async function nearestExisting(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    try {
      await lstat(at);
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '') && at !== dirname(at)) continue;
      throw error;
    }
    await stat(at);
    return at;
  }
}

/**
 * Whether files can be written into a folder, or into one that is made there. What it makes, on few file systems, is gone when it resolves.
 * @param folder absolute
 * @returns the folder, or the nearest one above that exists
 * @throws RowtrailError (access_denied, file_missing, ...)
 */
export async function writableFolder(folder: string): Promise<string> {
  try {
    const nearest = await nearestExisting(folder);
    if (!(await stat(nearest)).isDirectory())
      throw new RowtrailError('access_denied', `${nearest} is not a folder`);
    await access(nearest, constants.W_OK | constants.X_OK);
    await tryPseudo(nearest);
    return nearest;
  } catch (error) {
    throw fileError(error, 'The folder cannot be written to', { file: folder });
  }
}

/**
 * A file system without blocks, such as /proc and /sys, lets root write by its permissions and has room for nothing: there only trying tells.
 * Node's recursive mkdir, which comes later, would never end in it.
 */
async function tryPseudo(folder: string): Promise<void> {
  if ((await statfs(folder)).blocks > 0) return;
  const tried = join(folder, `.rowtrail-${randomUUID()}`);
  await mkdir(tried);
  await rmdir(tried);
}

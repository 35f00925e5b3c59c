import { constants } from 'node:fs';
import { copyFile, link } from 'node:fs/promises';
import { errnoOf } from '../errors/index.ts';
import { removeFile } from './remove-file.ts';

/** How a second file came to the bytes of a first one: they share the disk's blocks, the whole file, or nothing. */
export type CloneKind = 'reflink' | 'hard_link' | 'copy';

/** What file systems answer that cannot do it, or not from there to here. */
const CANNOT = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EINVAL', 'ENOTTY', 'EMLINK', 'EACCES'];

/**
 * Makes a second file of the same bytes, with as little of the disk as the file system allows.
 * @param to must not exist; nothing of it stays on an error
 * @param share false for a copy that shares nothing
 * @throws the system's error
 */
export async function cloneFile(from: string, to: string, share = true): Promise<CloneKind> {
  if (share) {
    if (await isDone(copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE), to))
      return 'reflink';
    if (await isDone(link(from, to), null)) return 'hard_link';
  }
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL);
    return 'copy';
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') await removeFile(to);
    throw error;
  }
}

/** @param rest removed where the attempt may have left something */
async function isDone(attempt: Promise<void>, rest: string | null): Promise<boolean> {
  try {
    await attempt;
    return true;
  } catch (error) {
    if (!CANNOT.includes(errnoOf(error) ?? '')) throw error;
    if (rest !== null) await removeFile(rest);
    return false;
  }
}

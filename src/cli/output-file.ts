import { randomBytes } from 'node:crypto';
import { open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { classifyError, RowtrailError } from '../index.ts';

export interface OutputFile {
  readonly csvPath: string;
  /** Whether a file that is there is replaced. */
  readonly force: boolean;
}

/**
 * Writes a result to a file that a person named. One that is replaced is replaced whole or not at all; a kill may leave half of
 * a new one. The CSV itself is never replaced.
 * @throws RowtrailError `usage` for a file that is there, or is the CSV itself; another cause where it cannot be written
 */
export async function writeOutput(
  target: string,
  text: string,
  { csvPath, force }: OutputFile,
): Promise<void> {
  if (await isSameFile(target, csvPath))
    throw new RowtrailError('usage', `${target} is the CSV itself; name another file`);
  const temp = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeNew(force ? temp : target, text);
    if (force) await rename(temp, target);
  } catch (error) {
    if (!force && error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new RowtrailError('usage', `${target} is there already; give --force to replace it`);
    if (force) await unlink(temp).catch(() => {});
    throw new RowtrailError(classifyError(error), 'this file cannot be written', { file: target, error });
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx');
  let isWhole = false;
  try {
    await file.writeFile(text);
    await file.sync();
    isWhole = true;
  } finally {
    await file.close();
    if (!isWhole) await unlink(path);
  }
}

/** By name, through links, or by the file beneath. */
async function isSameFile(one: string, other: string): Promise<boolean> {
  const known = await stat(other).catch(() => null);
  const target = await stat(one).catch(() => null);
  if (known === null || target === null) return false;
  if (known.ino === target.ino && known.dev === target.dev) return true;
  return (await realpath(one)) === (await realpath(other));
}

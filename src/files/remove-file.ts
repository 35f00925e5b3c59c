import { unlink } from 'node:fs/promises';
import { errnoOf } from '../errors/index.ts';

/**
 * Removes a file, if there is one. Node's `rm` looks at it twice before: three ways through another thread in place of one.
 * @throws the system error
 */
export async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

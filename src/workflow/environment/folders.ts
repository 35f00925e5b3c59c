import { statfs } from 'node:fs/promises';
import { resolve } from 'node:path';
import { classifyError, RowtrailError } from '../../errors/index.ts';
import { isBucketAddress, nearestExisting, outputAt, writableFolder } from '../../files/index.ts';
import { type EnvironmentCheck, fine, problem } from './check.ts';

/** Free disk space below which a run is a risk, in bytes. */
const LEAST_FREE = 1_000_000_000;

/** Whether files can be written into a folder, or into one that is made there; for a bucket its storage is asked. Makes nothing. */
export async function checkFolder(folder: string): Promise<EnvironmentCheck> {
  if (isBucketAddress(folder)) return checkBucket(folder);
  const name = `folder ${folder}`;
  const place = resolve(folder);
  try {
    return fine(name, (await writableFolder(place)) === place ? 'writable' : 'will be made');
  } catch (error) {
    return problem(
      name,
      error,
      `Make ${place} writable, or choose another folder with --youtube-dir and --drive-dir.`,
      classifyError(error),
    );
  }
}

async function checkBucket(address: string): Promise<EnvironmentCheck> {
  const name = `bucket ${address}`;
  try {
    await outputAt(address).check();
    return fine(name, 'writable');
  } catch (error) {
    if (!(error instanceof RowtrailError)) throw error;
    const mend = error.code === 'usage' ? `Correct it: ${error.message}` : error.nextStep;
    return problem(name, error, mend, error.code);
  }
}

/** The room that is left for these folders: on two disks, the smaller. @param leastFree bytes */
export async function checkDisk(
  folders: readonly string[],
  leastFree: number = LEAST_FREE,
): Promise<EnvironmentCheck> {
  const name = 'disk space';
  try {
    const free = Math.min(...(await Promise.all(folders.map((folder) => freeBytes(onDisk(folder))))));
    const found = `${(free / 1e9).toFixed(1)} GB free`;
    if (free >= leastFree) return fine(name, found);
    const mend = `Free at least ${leastFree / 1e9} GB, or choose folders on another disk.`;
    return { name, status: 'problem', found, mend, cause: 'disk_full' };
  } catch (error) {
    return problem(name, error, 'Check the disk.', classifyError(error));
  }
}

/** Where a bucket's files stage takes up room here. */
function onDisk(folder: string): string {
  return isBucketAddress(folder) ? outputAt(folder).workDir : folder;
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(await nearestExisting(resolve(folder)));
  return bavail * bsize;
}

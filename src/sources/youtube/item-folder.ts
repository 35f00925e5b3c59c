import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '../../errors/index.ts';
import { bootId } from '../../files/index.ts';
import { provenNames } from './proven.ts';
import type { MediaRequest } from './request.ts';

/** What yt-dlp continues from: cut transfers, and whole ones that wait to be merged. */
const RESUMABLE = /\.part$|\.ytdl$|\.f[A-Za-z0-9_-]+\.[a-z0-9]{2,4}$/;

/** Says since which start of the machine the folder is written into. */
const BOOT_NOTE = 'boot';

/**
 * The staging folder of one video in one form: another resolution or format never continues from its files. What a
 * killed run left half written is removed, what can be continued stays. After a loss of power nothing stays: yt-dlp notes
 * nowhere what the disk had of its parts, and ffprobe does not see zeros in the middle of them.
 * @throws RowtrailError (disk_full, access_denied, write_failed)
 */
export async function openItemFolder(attemptDir: string, id: string, media: MediaRequest): Promise<string> {
  const folder = itemFolder(attemptDir, id, media);
  try {
    await mkdir(folder, { recursive: true });
    const isOfThisBoot = await isWrittenSinceBoot(folder);
    const proven = await provenNames(folder);
    for (const name of await readdir(folder)) {
      if (name === BOOT_NOTE || (isOfThisBoot && (RESUMABLE.test(name) || proven.has(name)))) continue;
      await rm(join(folder, name), { recursive: true, force: true });
    }
    if (!isOfThisBoot) await writeFile(join(folder, BOOT_NOTE), bootId() ?? '');
    return folder;
  } catch (error) {
    throw fileError(error, 'The staging folder could not be made', { file: folder });
  }
}

/** Its path; it need not be there. Pure. */
export function itemFolder(attemptDir: string, id: string, media: MediaRequest): string {
  // Ids that differ in case only are different videos, but not on every disk different names.
  const form = JSON.stringify([id, media.resolution, media.format]);
  return join(attemptDir, createHash('sha256').update(form).digest('hex').slice(0, 24));
}

/** True also where the system does not say when it was started. */
async function isWrittenSinceBoot(folder: string): Promise<boolean> {
  const boot = bootId();
  return boot === null || (await readFile(join(folder, BOOT_NOTE), 'utf8').catch(() => null)) === boot;
}

/** Whether another attempt can continue from what is in the folder. */
export async function isResumable(folder: string): Promise<boolean> {
  if ((await provenNames(folder)).size > 0) return true;
  return (await readdir(folder).catch(() => [])).some((name) => RESUMABLE.test(name));
}

/** Throws away all but transcripts, so that nothing wrong is continued from. */
export async function removeMedia(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name !== BOOT_NOTE && !/\.(?:vtt|srt|txt)$/.test(name))
      await rm(join(folder, name), { recursive: true, force: true });
  }
}

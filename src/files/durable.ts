import { closeSync, fdatasync, openSync, unlinkSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';

const datasync = promisify(fdatasync);

/** Puts a file's content on the disk. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}

/**
 * Writes a new file and puts it on the disk; on an error nothing of it stays. All but the waiting for the disk is done at
 * once, which for small files in a thread of their own is a fraction of the work.
 */
export async function writeDurably(path: string, content: Uint8Array): Promise<void> {
  const file = openSync(path, 'w');
  try {
    for (let at = 0; at < content.length;) at += writeSync(file, content, at);
    await datasync(file);
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(file);
  }
}

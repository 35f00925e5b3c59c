import { open, rm } from 'node:fs/promises';

/** Puts a file's content on the disk. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Puts a folder's entries (names made, renamed, removed) on the disk. */
export async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder; its entries are journaled.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Writes a new file and puts it on the disk; on an error nothing of it stays. */
export async function writeDurably(path: string, text: string): Promise<void> {
  try {
    const file = await open(path, 'w');
    try {
      await file.writeFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

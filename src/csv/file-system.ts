import { renameSync } from 'node:fs';
import { access, constants, type FileHandle, open, readdir, realpath, unlink } from 'node:fs/promises';
import { errnoOf } from '../errors/index.ts';
import { type FileIdentity, readIdentityNow } from './file-identity.ts';

export interface ReadableFile {
  read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

export interface WritableFile {
  /** May write less than it was asked to. */
  write(
    bytes: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesWritten: number }>;
}

/** The file that is to take a CSV's place, as long as it is written. */
export interface NewFile
  extends
    ReadableFile,
    WritableFile,
    Pick<FileHandle, 'fd' | 'stat' | 'chown' | 'chmod' | 'sync' | 'close'> {}

/**
 * Everything that the replacement of a CSV does to the disk. There is one for use; others watch it, or stop it, at
 * every step.
 */
export interface ReplaceFileSystem {
  realpath(path: string): Promise<string>;
  /** Rejects where the file itself may not be written, although its folder may. */
  checkWritable(path: string): Promise<void>;
  /** Makes a file that nobody else can read; rejects when there is one. */
  create(path: string): Promise<NewFile>;
  /** Without giving way to other work, as {@link ReplaceFileSystem.renameNow}; null when nothing stands there. */
  identityNow(path: string): FileIdentity | null;
  renameNow(from: string, to: string): void;
  unlink(path: string): Promise<void>;
  readdir(path: string): Promise<readonly string[]>;
  /** Makes the names in a folder durable. */
  syncFolder(path: string): Promise<void>;
}

export const nodeFileSystem: ReplaceFileSystem = {
  realpath: (path) => realpath(path),
  checkWritable: (path) => access(path, constants.W_OK),
  create: (path) => open(path, 'wx+', 0o600),
  identityNow: readIdentityNow,
  renameNow: renameSync,
  unlink,
  readdir: (path) => readdir(path),
  syncFolder,
};

/** Makes a rename durable. Some file systems cannot; there it is as durable as they make it. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EPERM', 'EACCES', 'EISDIR'].includes(errnoOf(error) ?? '')) throw error;
  }
}

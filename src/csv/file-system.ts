import { accessSync, constants, lstatSync, realpathSync, renameSync, statSync } from 'node:fs';
import { type FileHandle, open, readdir, unlink } from 'node:fs/promises';
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
  extends ReadableFile, WritableFile, Pick<FileHandle, 'fd' | 'chown' | 'chmod' | 'sync' | 'close'> {}

/** A folder whose names are to be made durable. */
export type OpenFolder = Pick<FileHandle, 'sync' | 'close'>;

/**
 * Everything that the replacement of a CSV does to the disk. There is one for use; others watch it, or stop it, at
 * every step.
 *
 * What ends in `Now` does not give way to other work. That is for questions about names and attributes, which a local disk
 * answers in microseconds, a tenth of what a trip through the thread pool costs; a network's file system answers them
 * from its cache, because the CSV was opened, or the file made, just before. What has to wait for a disk or a server is
 * asynchronous.
 */
export interface ReplaceFileSystem {
  /** The path itself, or what it leads to when it is a symbolic link. */
  targetNow(path: string): string;
  /** Throws where the file itself may not be written, although its folder may. */
  checkWritableNow(path: string): void;
  /** Makes a file that nobody else can read; rejects when there is one. */
  create(path: string): Promise<NewFile>;
  /** Null when nothing stands there. */
  identityNow(path: string): FileIdentity | null;
  renameNow(from: string, to: string): void;
  unlink(path: string): Promise<void>;
  readdir(path: string): Promise<readonly string[]>;
  /** When a name was last made, moved or removed in a folder (nanoseconds). */
  changedNow(folder: string): bigint;
  openFolder(path: string): Promise<OpenFolder>;
}

export const nodeFileSystem: ReplaceFileSystem = {
  targetNow: (path) => (lstatSync(path).isSymbolicLink() ? realpathSync(path) : path),
  checkWritableNow: (path) => accessSync(path, constants.W_OK),
  create: (path) => open(path, 'wx+', 0o600),
  identityNow: readIdentityNow,
  renameNow: renameSync,
  unlink,
  readdir: (path) => readdir(path),
  changedNow: (folder) => statSync(folder, { bigint: true }).mtimeNs,
  openFolder,
};

const CANNOT_SYNC_FOLDERS: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP', 'EPERM', 'EACCES', 'EISDIR']);

/** Opens a folder to make its names durable. Some file systems cannot; there they are as durable as it makes them. */
async function openFolder(path: string): Promise<OpenFolder> {
  try {
    const handle = await open(path, 'r');
    return { sync: () => whereItCan(handle.sync()), close: () => handle.close() };
  } catch (error) {
    if (!CANNOT_SYNC_FOLDERS.has(errnoOf(error) ?? '')) throw error;
    return { sync: () => Promise.resolve(), close: () => Promise.resolve() };
  }
}

async function whereItCan(synced: Promise<void>): Promise<void> {
  try {
    await synced;
  } catch (error) {
    if (!CANNOT_SYNC_FOLDERS.has(errnoOf(error) ?? '')) throw error;
  }
}

/** Makes what was renamed in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await openFolder(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

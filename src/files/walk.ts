import { type Dirent, lstatSync, statSync } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../errors/index.ts';
import { givingWay } from './give-way.ts';
import { STAGING_FOLDER } from './staging.ts';

/** A file as it stands on the disk. */
export interface DiskFile {
  readonly size: number;
  /** When it was last changed, in milliseconds since 1970. */
  readonly mtimeMs: number;
}

/** Everything in a download folder, by its path relative to the folder, with `/`. */
export interface FolderContent {
  readonly files: ReadonlyMap<string, DiskFile>;
  /** Symbolic links that lead to a folder, in a circle, or nowhere; none is followed. */
  readonly links: readonly string[];
  /** Folders and files that could not be looked at. */
  readonly unreadable: readonly string[];
}

/**
 * Every ordinary file of a folder and of the folders in it, without the staging folder. A link to a file counts as that file; links to
 * folders are not followed, so that no circle of them can hold it up. A folder that does not exist is empty.
 */
export async function readFolderOnDisk(root: string): Promise<FolderContent> {
  const files = new Map<string, DiskFile>();
  const links: string[] = [];
  const unreadable: string[] = [];
  const pause = givingWay();
  for await (const { path, entry } of walkFolder(root, true, (folder) => unreadable.push(folder))) {
    await pause();
    const look = entry.isSymbolicLink() ? statSync : lstatSync;
    try {
      const { size, mtimeMs, ...found } = look(join(root, path));
      if (isFileMode(found.mode)) files.set(path, { size, mtimeMs });
      else if (entry.isSymbolicLink()) links.push(path);
    } catch (error) {
      if (entry.isSymbolicLink()) links.push(path);
      else if (errnoOf(error) !== 'ENOENT') unreadable.push(path);
    }
  }
  return { files, links, unreadable };
}

/** An ordinary file, links followed; null for all else, and for what cannot be looked at. */
export async function lookAtFile(path: string): Promise<DiskFile | null> {
  const found = await stat(path).catch(() => null);
  return found === null || !found.isFile() ? null : { size: found.size, mtimeMs: found.mtimeMs };
}

/**
 * The entries of a folder and, where it is to be deep, of the folders in it, but for the folders themselves and the staging folder.
 * Links are given, not followed.
 * @param onUnreadable told of folders that cannot be read, by their relative path
 */
export async function* walkFolder(
  root: string,
  deep: boolean,
  onUnreadable: (folder: string, error: unknown) => void = () => {},
): AsyncGenerator<{ readonly path: string; readonly entry: Dirent }> {
  const waiting = [''];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    try {
      for await (const entry of await opendir(join(root, folder), { bufferSize: 1024 })) {
        if (folder === '' && entry.name === STAGING_FOLDER) continue;
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (!entry.isDirectory()) yield { path, entry };
        else if (deep) waiting.push(path);
      }
    } catch (error) {
      const isNone = folder === '' && ['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '');
      if (!isNone) onUnreadable(folder, error);
    }
  }
}

const TYPE_BITS = 0o170000;
const ORDINARY = 0o100000;

function isFileMode(mode: number): boolean {
  return (mode & TYPE_BITS) === ORDINARY;
}

import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { errnoOf, fileError } from '../errors/index.ts';
import { foldName } from './fold-name.ts';
import { syncFolder } from './folder-sync.ts';

/** The folders inside a download folder by their folded names, read once a process: there may be a million files beside them. */
const known = new Map<string, Promise<Map<string, string>>>();

/**
 * A name for a row's own folder inside the download folder: the wanted one, or with `~2`, `~3` behind it where another folder
 * has it in other case or Unicode form, which would be the same one on macOS and Windows, or a file has it. A folder that exists
 * exactly so is the row's own from an earlier attempt. Nothing is made.
 * @throws RowtrailError (access_denied, ...)
 */
export async function freeFolderName(downloadFolder: string, wanted: string): Promise<string> {
  const path = resolve(downloadFolder);
  const names = known.get(path) ?? foldersIn(path);
  known.set(path, names);
  const taken = await names;
  for (let n = 1; ; n += 1) {
    const candidate = n === 1 ? wanted : `${wanted}~${n}`;
    const holder = taken.get(foldName(candidate));
    if (holder !== undefined && holder !== candidate) continue;
    if (holder === undefined && (await isFile(join(path, candidate)))) continue;
    taken.set(foldName(candidate), candidate);
    return candidate;
  }
}

/** Puts folders on the disk that were made on the way to `folder` (relative, with `/`): their names stand in the ones above. */
export async function settleFolders(downloadFolder: string, folder: string): Promise<void> {
  for (let at = folder; at !== '' && at !== '.'; at = dirname(at))
    await syncFolder(join(downloadFolder, dirname(at)));
}

/** Files are looked at one by one; of what cannot be looked at, making the folder says more. */
async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() === false;
}

async function foldersIn(path: string): Promise<Map<string, string>> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return new Map(entries.filter((entry) => entry.isDirectory()).map(({ name }) => [foldName(name), name]));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return new Map();
    known.delete(path);
    throw fileError(error, 'The download folder cannot be read', { file: path });
  }
}

import { constants } from 'node:fs';
import { copyFile, mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { errnoOf, fileError } from '../errors/index.ts';
import { CsvChangedError } from './csv-changed-error.ts';
import { readIdentity, sameIdentity } from './file-identity.ts';
import { syncFolder } from './file-system.ts';

export interface BackupOptions {
  /** How many backups of this CSV stay; the oldest go. */
  readonly keep?: number;
  /** For the backup's name. */
  readonly now: Date;
}

/**
 * Copies a CSV byte by byte (without copying where the file system can share blocks) into a folder of backups, under its
 * name and the time: `people.2026-11-22T12-24-05-123Z.csv`. Durable when it resolves; a crash leaves no half backup
 * under such a name. Only for the holder of the CSV's write lock: what a crash left half-copied is cleared.
 * @returns the path of the backup
 * @throws CsvChangedError when the CSV changes while it is copied; RowtrailError file_missing, access_denied, disk_full
 */
export async function backupCsv(
  csvPath: string,
  backupsDir: string,
  { keep = 10, now }: BackupOptions,
): Promise<string> {
  const extension = extname(csvPath);
  const stem = basename(csvPath, extension);
  const stamp = now.toISOString().replaceAll(/[:.]/g, '-');
  try {
    await mkdir(backupsDir, { recursive: true });
    const { name, temp } = await copyUnderFreeName(csvPath, backupsDir, stem, stamp, extension);
    await rename(temp, join(backupsDir, name));
    await prune(backupsDir, stem, extension, keep);
    await syncFolder(backupsDir);
    return join(backupsDir, name);
  } catch (error) {
    throw fileError(error, 'the backup of the CSV failed', { file: csvPath });
  }
}

const TEMP_MARK = '.tmp';

/** Two backups of one millisecond get a number each. */
async function copyUnderFreeName(
  csvPath: string,
  folder: string,
  stem: string,
  stamp: string,
  extension: string,
): Promise<{ readonly name: string; readonly temp: string }> {
  const taken = new Set(await readdir(folder));
  for (let number = 1; ; number++) {
    const name = `${stem}.${stamp}${number === 1 ? '' : `-${number}`}${extension}`;
    if (taken.has(name)) continue;
    const temp = join(folder, `.${name}${TEMP_MARK}`);
    await copyDurably(csvPath, temp);
    return { name, temp };
  }
}

async function copyDurably(from: string, to: string): Promise<void> {
  const before = await readIdentity(from);
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    // For reading: the copy of a read-only CSV is read-only, too.
    const copy = await open(to, 'r');
    try {
      await copy.sync();
    } finally {
      await copy.close();
    }
    const after = await readIdentity(from);
    if (before === null || after === null || !sameIdentity(before, after)) throw new CsvChangedError(from);
  } catch (error) {
    await unlinkIfThere(to);
    throw error;
  }
}

/** The oldest beyond `keep` go, and with them what a crash left half-copied. */
async function prune(folder: string, stem: string, extension: string, keep: number): Promise<void> {
  const names = await readdir(folder);
  const { isBackup, byAge } = backupsAmong(names, stem, extension);
  const leftovers = names.filter(
    (name) => name.startsWith('.') && name.endsWith(TEMP_MARK) && isBackup(name.slice(1, -TEMP_MARK.length)),
  );
  const surplus = byAge.slice(0, Math.max(0, byAge.length - keep));
  for (const name of [...surplus, ...leftovers]) await unlinkIfThere(join(folder, name));
}

/** The names among these that are backups of a CSV, the oldest first. Pure. */
function backupsAmong(names: readonly string[], stem: string, extension: string) {
  const isStamp = (text: string) => /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z(-\d+)?$/.test(text);
  const stampOf = (name: string) => name.slice(stem.length + 1, name.length - extension.length);
  const isBackup = (name: string) =>
    name.startsWith(`${stem}.`) && name.endsWith(extension) && isStamp(stampOf(name));
  const byAge = names.filter(isBackup).toSorted((one, other) => compareStamps(stampOf(one), stampOf(other)));
  return { isBackup, byAge };
}

/** The backups of a CSV in a folder by their names, the oldest first; none where there is no such folder. */
export async function listBackups(csvPath: string, backupsDir: string): Promise<readonly string[]> {
  const extension = extname(csvPath);
  const names = await readdir(backupsDir).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw fileError(error, 'the folder of backups cannot be read', { file: backupsDir });
  });
  return backupsAmong(names, basename(csvPath, extension), extension).byAge;
}

function compareStamps(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

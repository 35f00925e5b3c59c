import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errnoOf, fileError, RowtrailError } from '../errors/index.ts';
import { CsvChangedError } from './csv-changed-error.ts';
import { keepAttributes } from './file-attributes.ts';
import { type FileIdentity, readOpenIdentityNow, sameContent, sameIdentity } from './file-identity.ts';
import { type NewFile, nodeFileSystem, type OpenFolder, type ReplaceFileSystem } from './file-system.ts';

export interface ReplaceOptions {
  /** As the user gave it; of a symbolic link the target is replaced. */
  readonly path: string;
  /** The open file that was read. */
  readonly source: FileHandle;
  /** What `path` must still be at the moment of the rename. */
  readonly identity: FileIdentity;
  /** Distinguishes the temporary file; hexadecimal. */
  readonly random: string;
  /** Writes the whole new file; false when there is nothing to replace after all. */
  readonly write: (temp: NewFile) => Promise<boolean>;
  /** Reads the new file of `size` bytes once more and throws when it is not what it should be. */
  readonly verify: (temp: NewFile, size: number) => Promise<void>;
  /** Called when the new file is on the disk and not yet verified, with its path; what it throws stops the replacement. */
  readonly beforeRename?: ((tempPath: string) => void | Promise<void>) | undefined;
  /** What it is done with; by default the file system of this machine. */
  readonly fileSystem?: ReplaceFileSystem | undefined;
}

/**
 * Puts a new file in the old one's place in one step: a temporary file in the same folder, on the disk before the
 * rename. A crash leaves the old file or the new one, whole, and at most a temporary file that
 * {@link AbandonedTemps} clears.
 * @returns the identity of the new file, or null when `write` said that nothing changes
 * @throws CsvChangedError when the path is no longer what was read; RowtrailError csv_not_writable or disk_full. No
 *   temporary file stays.
 */
export async function replaceFile(options: ReplaceOptions): Promise<FileIdentity | null> {
  const { path, fileSystem = nodeFileSystem } = options;
  try {
    const target = fileSystem.targetNow(path);
    fileSystem.checkWritableNow(target);
    const tempPath = join(dirname(target), tempName(basename(target), options.random));
    const temp = await fileSystem.create(tempPath);
    const opening = fileSystem.openFolder(dirname(target));
    // It is waited for below; until then its failure is nobody's.
    opening.catch(() => {});
    let renamed = false;
    try {
      const [written] = await both(options.write(temp), keepAttributes(options.source, temp));
      if (!written) return null;
      const [, folder] = await both(temp.sync(), opening);
      await options.beforeRename?.(tempPath);
      const before = readOpenIdentityNow(temp);
      await options.verify(temp, Number(before.size));
      // Nothing may come between the look and the rename, not even our own event loop.
      const current = fileSystem.identityNow(path);
      if (current === null || !sameIdentity(current, options.identity)) throw new CsvChangedError(path);
      fileSystem.renameNow(tempPath, target);
      renamed = true;
      await folder.sync();
      const after = readOpenIdentityNow(temp);
      // The rename itself may change ctime. Whoever wrote into the file since then must not pass for us.
      return sameContent(before, after) ? after : before;
    } finally {
      await both(temp.close(), closeOpened(opening));
      if (!renamed) await fileSystem.unlink(tempPath);
    }
  } catch (error) {
    throw writeError(error, path);
  }
}

/** Two things at a time. When one fails the other is still waited for: nothing may be under way behind a failure. */
async function both<One, Other>(one: Promise<One>, other: Promise<Other>): Promise<readonly [One, Other]> {
  await Promise.allSettled([one, other]);
  return [await one, await other];
}

async function closeOpened(opening: Promise<OpenFolder>): Promise<void> {
  const folder = await opening.catch(() => null);
  await folder?.close();
}

/** Errors of writing a CSV or its folder, in words that help; decided by errno. */
export function writeError(error: unknown, path: string): RowtrailError {
  if (error instanceof RowtrailError) return error;
  const place = { file: path, error };
  switch (errnoOf(error)) {
    case 'ENOENT':
      return new CsvChangedError(path);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'EBUSY':
    case 'ETXTBSY':
      return new RowtrailError(
        'csv_not_writable',
        'the CSV or its folder cannot be written; close it in Excel',
        place,
      );
    case 'ENOSPC':
    case 'EDQUOT':
      return new RowtrailError('disk_full', 'there is no room for the new CSV beside the old one', place);
    default:
      return fileError(error, 'writing the CSV failed', place);
  }
}

const NAME_MAX_BYTES = 255;

/** The name of the temporary file beside a CSV of this name. */
export function tempName(name: string, random: string): string {
  const tail = `.rowtrail-${random}.tmp`;
  return `.${cutToBytes(name, NAME_MAX_BYTES - 1 - tail.length)}${tail}`;
}

/** The longest beginning of a name that fits, without half a character. */
function cutToBytes(name: string, bytes: number): string {
  let cut = name;
  while (Buffer.byteLength(cut) > bytes) cut = Array.from(cut).slice(0, -1).join('');
  return cut;
}

/** Hexadecimal characters in a temporary file's name. */
export const RANDOM_CHARACTERS = 16;

import { constants, fstatSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { errnoOf, fileError, RowtrailError } from '../errors/index.ts';
import { type FileIdentity, identityOf } from './file-identity.ts';

/** @throws RowtrailError file_missing, access_denied, csv_invalid */
export async function openFile(path: string): Promise<FileHandle> {
  try {
    // Should it be a pipe, opening must not wait for a writer.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENXIO') throw otherThanFile(path);
    const missing = errno === 'ENOENT' || errno === 'ENOTDIR';
    throw fileError(error, missing ? 'there is no such CSV' : 'the CSV cannot be opened', { file: path });
  }
}

/**
 * What was opened.
 * @throws RowtrailError csv_invalid when it is a folder, a pipe or a device
 */
export function ordinaryFile({ fd }: FileHandle, path: string): FileIdentity {
  const stats = fstatSync(fd, { bigint: true });
  if (stats.isDirectory())
    throw new RowtrailError('csv_invalid', 'this is a folder, not a CSV', { file: path });
  if (!stats.isFile()) throw otherThanFile(path);
  return identityOf(stats);
}

function otherThanFile(path: string): RowtrailError {
  return new RowtrailError('csv_invalid', 'this is no ordinary file', { file: path });
}

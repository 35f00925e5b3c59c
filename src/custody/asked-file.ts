import { stat } from 'node:fs/promises';
import { errnoOf, fileError, RowtrailError } from '../errors/index.ts';
import { hashAt, isBucketAddress, lookAt } from '../files/index.ts';

/** A file that is asked for. */
export interface AskedFile {
  readonly path: string;
  /** Bytes; null where there is no such file. */
  readonly size: number | null;
  /**
   * Its SHA-256 (hex), computed when it is needed, and once.
   * @throws RowtrailError `file_changing` when somebody writes into it, or when it cannot be read
   */
  readonly sha256: () => Promise<string>;
}

/** @throws RowtrailError `link_loop` for a circle of links; `access_denied` where it may not be looked at */
export async function askFor(path: string): Promise<AskedFile> {
  let hash: Promise<string> | null = null;
  return { path, size: await sizeOf(path), sha256: () => (hash ??= hashSteady(path)) };
}

async function hashSteady(path: string): Promise<string> {
  try {
    const before = await lookAt(path);
    const { sha256, size } = await hashAt(path);
    const after = await lookAt(path);
    if (size === after?.size && before?.mtimeMs === after.mtimeMs) return sha256;
  } catch (error) {
    throw fileError(error, 'The file cannot be read', { file: path });
  }
  throw new RowtrailError('file_changing', 'It changes while it is read', { file: path });
}

async function sizeOf(path: string): Promise<number | null> {
  if (isBucketAddress(path)) return (await lookAt(path))?.size ?? null;
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : null;
  } catch (error) {
    const errno = errnoOf(error) ?? '';
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errno)) return null;
    if (errno !== 'ELOOP') throw fileError(error, 'The file cannot be looked at', { file: path });
    throw new RowtrailError('link_loop', 'Its symbolic links lead in a circle', { file: path, error });
  }
}

import { type BigIntStats, fstatSync, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { errnoOf } from '../errors/index.ts';

/** Tells one state of one file from every other: a replaced or a changed file has another. Times in nanoseconds. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

export function identityOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): FileIdentity {
  return { dev, ino, size, mtimeNs, ctimeNs };
}

export function sameIdentity(one: FileIdentity, other: FileIdentity): boolean {
  return one.ctimeNs === other.ctimeNs && sameFile(one, other) && sameContent(one, other);
}

/** The same content as far as the file system tells; owner, mode and name may differ. */
export function sameContent(one: FileIdentity, other: FileIdentity): boolean {
  return one.size === other.size && one.mtimeNs === other.mtimeNs;
}

function sameFile(one: FileIdentity, other: FileIdentity): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}

/** The identity of what stands under a path (a symbolic link's target), null when nothing does. */
export async function readIdentity(path: string): Promise<FileIdentity | null> {
  try {
    return identityOf(await stat(path, { bigint: true }));
  } catch (error) {
    return nullIfGone(error);
  }
}

/** The same without giving way to other work, for a check right before a rename. */
export function readIdentityNow(path: string): FileIdentity | null {
  try {
    return identityOf(statSync(path, { bigint: true }));
  } catch (error) {
    return nullIfGone(error);
  }
}

/** The identity of an open file: what was opened or written just before is known without a trip to the disk. */
export function readOpenIdentityNow({ fd }: { readonly fd: number }): FileIdentity {
  return identityOf(fstatSync(fd, { bigint: true }));
}

function nullIfGone(error: unknown): null {
  const errno = errnoOf(error);
  if (errno === 'ENOENT' || errno === 'ENOTDIR') return null;
  throw error;
}

import { constants } from 'node:fs';
import type { Readable } from 'node:stream';
import { openObject } from '../../index.ts';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';

/** A file that may be sent. */
export interface InsideFile {
  readonly size: number;
  /** Its first bytes, so many at most. */
  head(bytes: number): Promise<Buffer>;
  /** From its first to its last byte that is wanted; closes it at the end. */
  stream(range: { readonly start: number; readonly end: number }): Promise<Readable>;
  close(): Promise<void>;
}

/** The file at a path or at the address of a bucket, as `openInside`. */
export async function openFile(path: string, folders: readonly string[]): Promise<InsideFile | null> {
  const object = await openObject(path, folders);
  if (object !== null) {
    const { size, read } = object;
    const head = async (bytes: number) => {
      const chunks: Buffer[] = [];
      if (size > 0)
        for await (const chunk of await read({ start: 0, end: Math.min(bytes, size) - 1 }))
          chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    };
    return { size, head, stream: read, close: async () => {} };
  }
  const handle = await openInside(path, folders);
  if (handle === null) return null;
  return {
    size: (await handle.stat()).size,
    head: async (bytes) => {
      const buffer = Buffer.alloc(bytes);
      const { bytesRead } = await handle.read(buffer, 0, bytes, 0);
      return buffer.subarray(0, bytesRead);
    },
    stream: async (range) => handle.createReadStream(range),
    close: () => handle.close(),
  };
}

/**
 * Opens a file for reading, if it is an ordinary one that stands in one of the folders, links followed. What begins with a dot, such as
 * staging, is not there.
 * @returns null for everything else: who asks does not hear why
 */
async function openInside(path: string, folders: readonly string[]): Promise<FileHandle | null> {
  if (!isAbsolute(path) || path.includes('\0')) return null;
  try {
    const real = await realpath(path);
    const roots = await Promise.all(folders.map((folder) => realpath(folder).catch(() => null)));
    if (!roots.some((root) => root !== null && isInside(real, root))) return null;
    // It was resolved just now: a link in its place is somebody's trick. A pipe must not be waited for.
    const handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
    return null;
  } catch {
    return null;
  }
}

function isInside(path: string, root: string): boolean {
  const parts = relative(root, path).split(sep);
  return parts.every((part) => part !== '' && !part.startsWith('.')) && !isAbsolute(relative(root, path));
}

import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';

/**
 * Opens a file for reading, if it is an ordinary one that stands in one of the folders, links followed. What begins with a dot, such as
 * staging, is not there.
 * @returns null for everything else: who asks does not hear why
 */
export async function openInside(path: string, folders: readonly string[]): Promise<FileHandle | null> {
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

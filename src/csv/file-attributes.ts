import { fstatSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { getAttr, listAttrs, setAttr } from 'fs-native-extensions';
import { errnoOf } from '../errors/index.ts';
import type { NewFile } from './file-system.ts';

const MODE_BITS = 0o7777;

/** What an ordinary user may not do, or a file system does not know; the file is as good without it. */
const NOT_ALLOWED: ReadonlySet<string> = new Set([
  'EPERM',
  'EACCES',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENODATA',
  'ENOATTR',
  'ENOSYS',
]);

/** Gives the new file the owner, mode and extended attributes (access lists are among them) of the old one, where we may. */
export async function keepAttributes(from: FileHandle, to: NewFile): Promise<void> {
  const old = fstatSync(from.fd);
  const fresh = fstatSync(to.fd);
  if (old.gid !== fresh.gid) await ifAllowed(() => to.chown(fresh.uid, old.gid));
  if (old.uid !== fresh.uid) await ifAllowed(() => to.chown(old.uid, old.gid));
  await ifAllowed(() => to.chmod(old.mode & MODE_BITS));
  await ifAllowed(async () => {
    for (const name of await listAttrs(from.fd)) {
      await ifAllowed(async () => {
        const value = await getAttr(from.fd, name);
        if (value !== null) await setAttr(to.fd, name, value);
      });
    }
  });
}

async function ifAllowed(change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!NOT_ALLOWED.has(errnoOf(error) ?? '')) throw error;
  }
}

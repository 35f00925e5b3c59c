import { chmod, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Folder } from './disk-model.ts';

/** Long enough ago for nobody to be in the middle of writing it. */
const LONG_AGO = new Date('2026-01-01T00:00:00Z');

/** Makes a folder with exactly these files, last changed long ago. */
export async function materialise(path: string, folder: Folder): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true });
  for (const [name, { bytes, mode }] of folder) {
    await writeFile(join(path, name), bytes);
    await chmod(join(path, name), mode);
    await utimes(join(path, name), LONG_AGO, LONG_AGO);
  }
}

/** What stands in a folder, its folders apart. */
export async function contentsOf(path: string): Promise<Folder> {
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return new Map(
    await Promise.all(
      names.map(async (name) => {
        const file = join(path, name);
        return [name, { bytes: await readFile(file), mode: (await stat(file)).mode & 0o7777 }] as const;
      }),
    ),
  );
}

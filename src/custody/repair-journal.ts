import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../errors/index.ts';
import type { Repair } from './findings.ts';

/** What was done, in the words of `Repair`: enough to take it back. */
export type Step = Exclude<Repair, { readonly do: 'reset' }>;

/** One repair of a CSV's files: its steps are on the disk before each is done, so that a kill leaves nothing that cannot be taken back. */
export interface Journal {
  readonly path: string;
  readonly at: string;
  readonly steps: readonly Step[];
}

const FORMAT_VERSION = 1;
const UNDONE = '.undone';

export async function writeJournal(folder: string, at: Date, steps: readonly Step[]): Promise<Journal> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${at.toISOString().replaceAll(':', '-')}.json`);
  const file = await open(`${path}.new`, 'w');
  try {
    await file.writeFile(
      JSON.stringify({ format_version: FORMAT_VERSION, at: at.toISOString(), steps }, null, 1),
    );
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  return { path, at: at.toISOString(), steps };
}

/** The last repair that was not taken back, or null. */
export async function lastJournal(folder: string): Promise<Journal | null> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  });
  const name = names
    .filter((each) => each.endsWith('.json'))
    .toSorted()
    .at(-1);
  if (name === undefined) return null;
  const path = join(folder, name);
  // Our own file, read back: it is written and renamed whole.
  const { at, steps } = JSON.parse(await readFile(path, 'utf8')) as Pick<Journal, 'at' | 'steps'>;
  return { path, at, steps };
}

export async function markUndone({ path }: Journal): Promise<void> {
  await rename(path, path + UNDONE);
}

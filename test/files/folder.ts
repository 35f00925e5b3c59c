import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openAttempt, type StagedFile } from '../../src/files/index.ts';
export { factsOf, NOW, rowOf } from './item-fixtures.ts';

const made: string[] = [];

/** A new, empty folder that is removed when the tests of the file have ended. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rowtrail-test-'));
  made.push(folder);
  return folder;
}

afterAll(async () => {
  await Promise.all(made.map((folder) => rm(folder, { recursive: true, force: true })));
});

/** A file in the staging folder of a row's attempt. */
export async function stage(
  outputDir: string,
  rowId: string,
  content: string,
  extension: string,
): Promise<StagedFile> {
  const attempt = await openAttempt(outputDir, {
    rowId,
    downloadType: 'drive',
    link: `${content}${extension}`,
  });
  await attempt.close();
  const path = join(attempt.dir, `content${extension}`);
  await writeFile(path, content);
  return { path, extension };
}

/** The names in a folder, without the staging folder. */
export async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !name.startsWith('.')).toSorted();
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scanSidecars } from '../../src/files/index.ts';
import { warmedUp } from '../../src/files/warm-up.ts';
import { earlierSidecar } from '../custody/fixtures.ts';
import { tempFolder } from '../support/temp-folder.ts';

async function* listed(paths: readonly string[]): AsyncGenerator<string> {
  yield* paths;
}

const COLD = { reads: 1000, ms: 1000 };
const WARM = { reads: 1000, ms: 1 };

async function all(paths: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const path of paths) found.push(path);
  return found;
}

it.each([0, 1, 255, 256, 257, 5000])(
  'gives each of %i paths once, cold or not, also of files that are not there',
  async (count) => {
    const folder = await tempFolder();
    const paths = Array.from({ length: count }, (_, n) => `${n}_metadata.json`);
    for (const path of paths.filter((_, n) => n % 100 === 0)) await writeFile(join(folder, path), '{}');
    expect(await all(warmedUp(folder, listed(paths), WARM))).toEqual(paths);
    expect((await all(warmedUp(folder, listed(paths), COLD))).toSorted()).toEqual(paths.toSorted());
  },
);

it('starts no thread where the files are in the cache, and ends those that it started when nobody wants more', async () => {
  const folder = await tempFolder();
  const paths = Array.from({ length: 5000 }, (_, n) => `${n}_metadata.json`);
  const threads = () => process.getActiveResourcesInfo().filter((kind) => kind === 'MessagePort').length;
  const before = threads();
  for await (const path of warmedUp(folder, listed(paths), WARM)) {
    if (path === paths[4000]) break;
  }
  expect(threads()).toBe(before);
  for await (const path of warmedUp(folder, listed(paths), COLD)) {
    expect(threads()).toBeGreaterThan(before);
    expect(paths).toContain(path);
    break;
  }
  expect(threads()).toBe(before);
});

it('gives each sidecar of a large folder once', async () => {
  const folder = await tempFolder();
  for (let n = 0; n < 1500; n++)
    await writeFile(join(folder, `${n}_metadata.json`), earlierSidecar(String(n)));
  const found = new Set<string>();
  for await (const { sidecar } of scanSidecars(folder, { deep: true })) found.add(sidecar?.row.rowId ?? '');
  expect(found.size).toBe(1500);
});

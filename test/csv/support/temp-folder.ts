import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** A folder of its own for the tests of one file. */
export function tempFolder(): {
  readonly path: string;
  file(content: string | Buffer, name?: string): Promise<string>;
} {
  let path = '';
  let count = 0;
  beforeAll(async () => {
    path = await mkdtemp(join(tmpdir(), 'rowtrail-csv-'));
  });
  afterAll(async () => {
    await rm(path, { recursive: true, force: true });
  });
  return {
    get path() {
      return path;
    },
    /** Writes a file, with a name of its own unless one is given. */
    async file(content, name = `${++count}.csv`) {
      const file = join(path, name);
      await writeFile(file, content);
      return file;
    },
  };
}

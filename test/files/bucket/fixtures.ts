import { readdir } from 'node:fs/promises';
import { onTestFinished } from 'vitest';
import { type ItemToStore, type Output, outputAt } from '../../../src/files/index.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { type S3Options, type S3Server, startS3 } from '../../support/s3/server.ts';
import { factsOf, NOW, rowOf } from '../item-fixtures.ts';
import { staged } from './staged.ts';

export const BUCKET = 'downloads-of-tests';

/** A storage of this test's own, and the output at a prefix in it; this process reaches it as its environment says. */
export async function newBucket(
  options: S3Options = {},
  prefix = 'some/where',
): Promise<{ readonly server: S3Server; readonly output: Output; readonly staging: string }> {
  const server = await startS3(BUCKET, options);
  onTestFinished(() => server.close());
  const staging = await tempFolder();
  setEnv({ ...server.env, ROWTRAIL_STAGING_DIR: staging });
  return { server, output: outputAt(`s3://${BUCKET}/${prefix}`), staging };
}

export function setEnv(values: Readonly<Record<string, string>>): void {
  const before = Object.keys(values).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, values);
  onTestFinished(() => {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  });
}

export async function itemOf(
  output: Output,
  content: Uint8Array | string,
  given: Partial<ItemToStore> & { readonly extension?: string } = {},
): Promise<ItemToStore> {
  const { extension = '.bin', ...rest } = given;
  return {
    row: rowOf('1'),
    stem: 'name_row1',
    staged: [await staged(output, content, extension)],
    sidecar: factsOf('abcdefghij'),
    now: NOW,
    ...rest,
  };
}

/** Everything that stands in a staging folder, notes of uploads among it. */
export async function leftIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile() && entry.name !== '.lock').map(({ name }) => name);
}

/** Keys in the storage without the prefix. */
export function keysIn(server: S3Server, prefix = 'some/where/'): readonly string[] {
  return [...server.objects.keys()].toSorted().map((key) => key.slice(prefix.length));
}

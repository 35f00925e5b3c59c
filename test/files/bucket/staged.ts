import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Output } from '../../../src/files/index.ts';

/** A whole file of an attempt, ready to be stored. */
export async function staged(output: Output, bytes: Uint8Array | string, extension = '.bin') {
  const folder = join(output.workDir, '.rowtrail-staging', 'a'.repeat(24));
  await mkdir(folder, { recursive: true });
  const path = join(folder, `content-${randomBytes(6).toString('hex')}`);
  await writeFile(path, bytes);
  return { path, extension };
}

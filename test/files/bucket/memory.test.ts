import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { newBucket } from './fixtures.ts';

const PROGRAM = fileURLToPath(new URL('./store-many.ts', import.meta.url));
const FILES = 4;
const BYTES = 100 << 20;

it('storing large files takes the memory of a few parts, however large they are and however many at once', async () => {
  const { server, output, staging } = await newBucket();
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [PROGRAM, output.address, `${FILES}`, `${BYTES}`],
    {
      env: { PATH: process.env['PATH'], HOME: staging, ...server.env, ROWTRAIL_STAGING_DIR: staging },
    },
  );
  const { grown } = JSON.parse(stdout) as { readonly grown: number };
  const stored = [...server.objects].filter(([key]) => key.endsWith('.bin'));
  expect(stored.map(([, { bytes }]) => bytes.length)).toEqual(Array.from({ length: FILES }, () => BYTES));
  // Four parts of 8 MiB, each copied on its way to the hash and to the socket, and what the library needs.
  expect(grown).toBeLessThan(160 << 20);
});

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { outputAt } from '../../../src/files/index.ts';
import type { S3Request } from '../../support/s3/server.ts';
import { BUCKET, itemOf, keysIn, leftIn, newBucket, setEnv } from './fixtures.ts';

const LARGE = randomBytes(20 << 20);
const isStaged = (item: Awaited<ReturnType<typeof itemOf>>) => {
  const [file] = item.staged;
  return 'path' in file && existsSync(file.path);
};

describe('what goes wrong with a bucket', () => {
  it('names a bucket that is not there', async () => {
    await newBucket();
    const output = outputAt('s3://another-bucket/x');
    await expect(output.check()).rejects.toMatchObject({
      code: 'storage_refused',
      message: expect.stringContaining('there is no such bucket') as string,
    });
    const item = await itemOf(output, 'x');
    await expect(output.storeItem(item)).rejects.toMatchObject({ code: 'storage_refused' });
    expect(isStaged(item)).toBe(true);
  });

  it('names keys that are wrong, and those that may not write', async () => {
    const { server, output } = await newBucket();
    server.options = {
      onRequest: ({ method }) =>
        ['PUT', 'POST'].includes(method) ? { status: 403, code: 'AccessDenied' } : null,
    };
    await expect(output.check()).rejects.toMatchObject({
      code: 'storage_refused',
      message: expect.stringContaining('not allowed') as string,
    });
    const item = await itemOf(output, 'x');
    await expect(output.storeItem(item)).rejects.toMatchObject({ code: 'storage_refused' });
    expect(isStaged(item)).toBe(true);
    server.options = {};
    setEnv({ AWS_SECRET_ACCESS_KEY: 'wrong' });
    await expect(outputAt(`s3://${BUCKET}/wrong/keys`).check()).rejects.toMatchObject({
      code: 'storage_refused',
      message: expect.stringContaining('does not accept the keys') as string,
    });
    expect([...server.uploads]).toEqual([]);
  });

  it('leaves nothing listed where the storage is cut off in the middle of a part, and stores it the next time', async () => {
    const { server, output, staging } = await newBucket();
    let isCut = true;
    server.options = {
      onRequest: ({ query }) => (isCut && query.get('partNumber') === '2' ? 'cut after half' : null),
    };
    const item = await itemOf(output, LARGE);
    await expect(output.storeItem(item)).rejects.toMatchObject({ code: 'storage_unreachable' });
    expect(keysIn(server)).toEqual([]);
    expect([...server.uploads]).toEqual([]);
    expect(isStaged(item)).toBe(true);
    isCut = false;
    await output.storeItem(item);
    expect(server.objects.get('some/where/name_row1.bin')?.bytes.equals(LARGE)).toBe(true);
    expect(await leftIn(staging)).toEqual([]);
  });

  it('goes on where a connection is lost once', async () => {
    const { server, output } = await newBucket();
    const seen = new Set<string>();
    server.options = {
      onRequest: ({ method, key, query }) => {
        const name = `${method} ${key} ${query.get('partNumber') ?? ''}`;
        if (seen.has(name)) return null;
        seen.add(name);
        return 'cut';
      },
    };
    await output.storeItem(await itemOf(output, LARGE));
    expect(server.objects.get('some/where/name_row1.bin')?.bytes.equals(LARGE)).toBe(true);
    expect(keysIn(server).length).toBe(2);
  });

  it('does not believe a storage that tells another checksum, and leaves nothing listed', async () => {
    const { server, output } = await newBucket();
    const wrong = Buffer.alloc(32, 7).toString('base64');
    const told = (only: (key: string) => boolean) => ({
      onTold: (checksum: string, key: string) => (only(key) ? checksum.replace(/^[^-]+/, wrong) : checksum),
    });
    for (const content of ['small', LARGE]) {
      server.options = told((key) => key.endsWith('.bin'));
      const item = await itemOf(output, content);
      await expect(output.storeItem(item)).rejects.toMatchObject({ code: 'storage_mismatch' });
      expect(keysIn(server)).toEqual([]);
      expect([...server.uploads]).toEqual([]);
      expect(isStaged(item)).toBe(true);
      server.options = {};
      await output.storeItem(item);
      expect(keysIn(server).length).toBe(2);
      server.objects.clear();
    }
  });

  it.each([
    ['of a small file', 'hello', ({ method, key }: S3Request) => method === 'PUT' && key.endsWith('.bin')],
    ['of a sidecar', 'hello', ({ method, key }: S3Request) => method === 'PUT' && key.endsWith('.json')],
    ['of a part', LARGE, ({ query }: S3Request) => query.get('partNumber') === '2'],
    ['of the last step', LARGE, ({ method, query }: S3Request) => method === 'POST' && query.has('uploadId')],
  ])('takes an answer %s that was lost for what it was', async (_what, content, isIt) => {
    const { server, output, staging } = await newBucket();
    let lost = 0;
    server.options = { onRequest: (request) => (isIt(request) && lost++ === 0 ? 'lose the answer' : null) };
    const { files } = await output.storeItem(await itemOf(output, content));
    expect(lost).toBeGreaterThan(1);
    expect(files[0]?.path).toBe('name_row1.bin');
    expect(keysIn(server)).toEqual(['name_row1.bin', 'name_row1_metadata.json']);
    expect(server.objects.get('some/where/name_row1.bin')?.bytes.equals(Buffer.from(content))).toBe(true);
    expect([...server.uploads]).toEqual([]);
    expect(await leftIn(staging)).toEqual([]);
  });

  it('ends with the signal, and the file stays for the next attempt', async () => {
    const { server, output } = await newBucket();
    const stop = new AbortController();
    server.options = {
      onRequest: ({ query }) => {
        if (query.get('partNumber') === '2') stop.abort(new DOMException('stopped', 'AbortError'));
        return null;
      },
    };
    const item = await itemOf(output, LARGE, { signal: stop.signal });
    await expect(output.storeItem(item)).rejects.toMatchObject({ name: 'AbortError' });
    expect(keysIn(server)).toEqual([]);
    expect([...server.uploads]).toEqual([]);
    expect(isStaged(item)).toBe(true);
  });

  it('stores no file that is not what was received any more', async () => {
    const { server, output } = await newBucket();
    for (const content of ['small', LARGE]) {
      const item = await itemOf(output, content);
      const [file] = item.staged;
      for (const wrong of [{ size: 3 }, { sha256: 'a'.repeat(64) }])
        await expect(
          output.storeItem({ ...item, staged: [{ ...file, ...wrong }] as never }),
        ).rejects.toMatchObject({
          code: 'write_failed',
        });
      const gone = { path: '/nowhere/at/all', extension: '.bin' };
      await expect(output.storeItem({ ...item, staged: [gone] })).rejects.toMatchObject({
        code: 'file_missing',
      });
    }
    expect(keysIn(server)).toEqual([]);
    expect([...server.uploads]).toEqual([]);
  });

  it('refuses addresses that lead to no bucket', () => {
    for (const address of [
      's3://',
      's3://a',
      's3://b_/x',
      's3://bucket/../x',
      's3://bucket//x',
      's3://bucket/a/./b',
    ])
      expect(() => outputAt(address)).toThrow('is no place for files');
  });
});

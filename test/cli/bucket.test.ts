import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { startCli } from '../support/cli.ts';
import { startTestInternet } from '../support/internet.ts';
import { newObject } from '../support/s3/objects.ts';
import { BUCKET, keysIn, leftIn, newBucket } from '../files/bucket/fixtures.ts';
import { desk, driveLink, HEADER, json, reach } from './fixtures.ts';

const LARGE = 30 << 20;
const OUTPUT = `s3://${BUCKET}/cli`;

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
  internet.drive.addFile({ id: 'clibucketlarge0', name: 'large.bin', body: { size: LARGE, seed: 3 } });
  internet.drive.addFile({ id: 'clibucketsmall0', name: 'small.bin', body: { size: 3000, seed: 4 } });
});
afterAll(() => internet.close());

const row = (n: number, id: string) => `00${n},P,p@x.org,T,,${driveLink(id)}`;

describe('rowtrail run --output s3://…', () => {
  it('killed in the middle of an upload, the next run completes it, and nothing of the first is left anywhere', async () => {
    const { server } = await newBucket();
    const { folder, rowtrail, csv } = await desk([HEADER, row(1, 'clibucketlarge0')], {
      ...reach(internet),
      ...server.env,
    });
    const reached = Promise.withResolvers<void>();
    server.options = {
      onRequest: async ({ query }) => {
        if (query.get('partNumber') !== '3') return null;
        reached.resolve();
        await new Promise((resolve) => setTimeout(resolve, 2000));
        return 'cut';
      },
    };
    const { child, result } = startCli(['run', csv, '--output', OUTPUT], {
      cwd: folder,
      env: { ...reach(internet), ...server.env },
    });
    await reached.promise;
    child.kill('SIGKILL');
    await result;
    expect(server.uploads.size).toBe(1);
    expect(keysIn(server, 'cli/')).toEqual([]);
    server.options = {};
    const asked = internet.requests.length;
    const again = await rowtrail('run', 'people.csv', '--output', OUTPUT, '--json');
    expect(again).toMatchObject({ code: 0 });
    // The bytes were here already: none of them is fetched again.
    expect(
      internet.requests.slice(asked).filter(({ path }) => path === '/download').length,
    ).toBeLessThanOrEqual(1);
    expect([...server.uploads]).toEqual([]);
    expect(keysIn(server, 'cli/')).toEqual([
      'drive_downloads/large_row001_T.bin',
      'drive_downloads/large_row001_T_metadata.json',
    ]);
    expect(server.objects.get('cli/drive_downloads/large_row001_T.bin')?.bytes.length).toBe(LARGE);
    expect(await leftIn(join(folder, '.rowtrail', 'staging'))).toEqual([]);
    expect((await readdir(folder)).toSorted()).toEqual(['.rowtrail', 'people.csv']);
  });

  it('says in a sentence what is wrong with a bucket, and does nothing', async () => {
    const { server } = await newBucket();
    const { rowtrail } = await desk([HEADER, row(1, 'clibucketsmall0')], {
      ...reach(internet),
      ...server.env,
    });
    const said = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await rowtrail('run', 'people.csv', ...args);
      expect(code).toBeGreaterThan(0);
      return `${stdout}${stderr}`.replaceAll(/\s+/g, ' ');
    };
    const asked = internet.requests.length;
    expect(await said('--output', 's3://no-such-bucket/x')).toContain('there is no such bucket');
    expect(await said('--output', 's3://x/../y')).toContain('is no place for files');
    server.options = { onRequest: () => ({ status: 403, code: 'AccessDenied' }) };
    expect(await said('--output', OUTPUT)).toContain('these keys are not allowed to do that (AccessDenied)');
    server.options = {};
    const wrong = await desk([HEADER, row(1, 'clibucketsmall0')], {
      ...reach(internet),
      ...server.env,
      AWS_SECRET_ACCESS_KEY: 'another',
    });
    const refused = await wrong.rowtrail('run', 'people.csv', '--output', OUTPUT);
    expect(refused.stderr.replaceAll(/\s+/g, ' ')).toContain('the storage does not accept the keys');
    await server.close().catch(() => {});
    expect(await said('--output', OUTPUT)).toContain('the storage cannot be reached');
    expect(internet.requests.length).toBe(asked);
  });

  it('is tried by doctor, which leaves nothing in it', async () => {
    const { server } = await newBucket();
    const { rowtrail } = await desk(null, server.env);
    const { stdout } = await rowtrail('doctor', '--output', OUTPUT, '--json');
    expect(stdout).toContain(`bucket ${OUTPUT}/drive_downloads`);
    expect(stdout).toContain('"found": "writable"');
    expect(server.objects.size + server.uploads.size).toBe(0);
    const { stdout: wrong } = await rowtrail('doctor', '--output', 's3://no-such-bucket/x', '--json');
    expect(wrong).toContain('there is no such bucket');
  });

  it('writes no key outside of the prefix, whatever the row_ids are', async () => {
    const { server } = await newBucket();
    const ids = ['../../etc/passwd', '/abs', '..', 'a\\..\\b', '.hidden', 'x'.repeat(300), 'A', 'a'];
    const { rowtrail } = await desk(
      [HEADER, ...ids.map((id) => `"${id}",P,p@x.org,T/../T,,${driveLink('clibucketsmall0')}`)],
      { ...reach(internet), ...server.env },
    );
    expect(await rowtrail('run', 'people.csv', '--output', OUTPUT)).toMatchObject({ code: 0 });
    const keys = keysIn(server, '');
    expect(keys.length).toBe(2 * ids.length);
    expect(new Set(keys.map((key) => key.toLowerCase())).size).toBe(keys.length);
    for (const key of keys) {
      expect(key).toMatch(/^cli\/drive_downloads\/[^/\\]+$/);
      expect(key.split('/').some((part) => ['', '.', '..'].includes(part))).toBe(false);
    }
  });
});

describe('rowtrail run --output DIR', () => {
  it('puts both folders into it, but for one that is named by itself', async () => {
    const { rowtrail, folder } = await desk([HEADER, row(1, 'clibucketsmall0')], reach(internet));
    expect(await rowtrail('run', 'people.csv', '--output', 'all of it')).toMatchObject({ code: 0 });
    expect((await readdir(join(folder, 'all of it', 'drive_downloads'))).toSorted()).toEqual([
      'small_row001_T.bin',
      'small_row001_T_metadata.json',
    ]);
    expect(await rowtrail('verify', 'people.csv', '--output', 'all of it')).toMatchObject({ code: 0 });
    const other = await desk([HEADER, row(1, 'clibucketsmall0')], reach(internet));
    const args = ['run', 'people.csv', '--output', 'all', '--drive-dir', 'elsewhere'];
    expect(await other.rowtrail(...args)).toMatchObject({ code: 0 });
    expect((await readdir(join(other.folder, 'elsewhere'))).length).toBe(2);
  });
});

describe('what does not work on a bucket', () => {
  it('is said in a sentence, and nothing is done', async () => {
    const { server } = await newBucket();
    const env = { ...reach(internet), ...server.env, ROWTRAIL_OUTPUT: OUTPUT };
    const { rowtrail, folder } = await desk([HEADER, row(1, 'clibucketsmall0')], env);
    expect(await rowtrail('run', 'people.csv')).toMatchObject({ code: 0 });
    const before = keysIn(server, '');
    const said = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await rowtrail(...args);
      return { code, said: `${stdout}${stderr}`.replaceAll(/\s+/g, ' ') };
    };
    expect(await said('forget', 'people.csv', '001', '--yes')).toMatchObject({
      code: 2,
      said: expect.stringContaining('forget does not reach into buckets') as string,
    });
    expect(await said('adopt', 'people.csv', folder)).toMatchObject({
      code: 2,
      said: expect.stringContaining('adopt puts files into folders, not into buckets') as string,
    });
    // The sidecar is gone: the ledger could write it again, but a repair writes nothing in a bucket.
    const key = before.find((name) => name.endsWith('_metadata.json')) ?? '';
    const sidecar = server.objects.get(key);
    server.objects.delete(key);
    const repaired = await said('verify', 'people.csv', '--repair', '--yes');
    expect(repaired.said).toContain('in a bucket nothing is moved or written by a repair');
    expect(server.objects.has(key)).toBe(false);
    if (sidecar !== undefined) server.objects.set(key, sidecar);
    // A file that is gone makes its row pending, which needs the ledger only; the next run brings it back.
    server.objects.delete(key.replace('_metadata.json', '.bin'));
    expect(await said('verify', 'people.csv', '--repair', '--yes')).toMatchObject({ code: 0 });
    expect(await rowtrail('run', 'people.csv')).toMatchObject({ code: 0 });
    expect(keysIn(server, '')).toEqual(before);
    expect(await said('clean', 'people.csv')).toMatchObject({ code: 0 });
  });
});

describe('files in a bucket afterwards', () => {
  it('are found, verified and explained', async () => {
    const { server } = await newBucket();
    const env = { ...reach(internet), ...server.env, ROWTRAIL_OUTPUT: OUTPUT };
    const { rowtrail, folder } = await desk(
      [HEADER, row(1, 'clibucketsmall0'), row(2, 'clibucketlarge0')],
      env,
    );
    expect(await rowtrail('run', 'people.csv')).toMatchObject({ code: 0 });
    const small = 'small_row001_T.bin';
    const key = `cli/drive_downloads/${small}`;
    for (const name of [small, `${OUTPUT}/drive_downloads/${small}`]) {
      const found = await rowtrail('find', name, '--json');
      expect(json(found)).toMatchObject({
        rows: [{ row_id: '001', path: small, file: `${OUTPUT}/drive_downloads/${small}` }],
      });
    }
    const kept = server.objects.get(key);
    if (kept === undefined) throw new Error('it is not there');
    await writeFile(join(folder, 'renamed.bin'), kept.bytes);
    expect(json(await rowtrail('find', 'renamed.bin', '--json'))).toMatchObject({
      rows: [{ row_id: '001', by: 'content' }],
    });
    server.requests.length = 0;
    const verified = await rowtrail('verify', 'people.csv', '--json');
    expect(verified).toMatchObject({ code: 0 });
    expect(json(verified)).toMatchObject({ files: 2, findings: [] });
    // The storage's checksums were enough.
    expect(server.requests.some(({ method, key: asked }) => method === 'GET' && asked.endsWith('.bin'))).toBe(
      false,
    );
    expect(json(await rowtrail('verify', 'people.csv', '--hash', '--json'))).toMatchObject({
      read: 2,
      findings: [],
    });
    expect((await rowtrail('why', 'people.csv', '001')).stdout).toContain('completed');

    // Other bytes of the same size, a file that is cut off, one that is gone, one that nobody knows.
    const changed = Buffer.from(kept.bytes);
    changed[0] = (changed[0] ?? 0) ^ 1;
    const findings = async () =>
      (
        json(await rowtrail('verify', 'people.csv', '--json')) as { findings: { kind: string }[] }
      ).findings.map(({ kind }) => kind);
    server.objects.set(key, newObject(changed, '', true));
    expect(await findings()).toEqual(['changed_file']);
    server.objects.set(key, newObject(kept.bytes.subarray(0, 100), '', true));
    expect(await findings()).toEqual(['truncated_file']);
    server.objects.delete(key);
    expect(await findings()).toEqual(['missing_file']);
    server.objects.set('cli/drive_downloads/stranger.bin', kept);
    expect((await findings()).length).toBeGreaterThan(0);
    server.objects.delete('cli/drive_downloads/stranger.bin');
    server.objects.set(key, kept);

    // Without a ledger the sidecars in the bucket know.
    await rm(join(folder, '.rowtrail'), { recursive: true });
    await rm(join(folder, 'people.csv'));
    for (const name of [small, 'renamed.bin', 'large_row002_T.bin'])
      expect(json(await rowtrail('find', name, '--json'))).toMatchObject({
        rows: [{ row_id: name.startsWith('large') ? '002' : '001' }],
      });
    expect((await rowtrail('find', 'nobody.bin')).code).toBe(4);
  });
});

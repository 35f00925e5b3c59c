import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { BUCKET, keysIn, leftIn, newBucket } from '../files/bucket/fixtures.ts';
import { startTestInternet } from '../support/internet.ts';
import type { S3Request } from '../support/s3/server.ts';
import { csvFile, rowOf } from '../tracker/fixtures.ts';
import { file, video, workOn } from './fixtures.ts';

const HEADER = 'row_id,name,email,type,youtube_playlist,google_drive';
const INTO = {
  youtubeDir: `s3://${BUCKET}/runs/youtube_downloads`,
  driveDir: `s3://${BUCKET}/runs/drive_downloads`,
};
const LARGE = 20 << 20;

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
  internet.youtube.addVideo({ id: 'bucket-vid1', captions: [{ lang: 'en', text: 'Into a bucket.' }] });
  internet.drive.addFile({ id: 'bucketsmall0000', name: 'small.bin', body: { size: 40_000, seed: 1 } });
  internet.drive.addFile({ id: 'bucketlarge0000', name: 'large.bin', body: { size: LARGE, seed: 2 } });
});
afterAll(() => internet.close());

const rows = (...links: readonly (readonly [string, string])[]) =>
  csvFile([
    HEADER,
    ...links.map(([youtube, drive], n) => `${n + 1},P${n},p${n}@x.org,T,${youtube},${drive}`),
  ]);
const isCopy = ({ method, key }: S3Request) => method === 'PUT' && key.endsWith('.bin');

describe('a run whose files go into a bucket', () => {
  it('completes rows, keeps nothing on this machine, and shows in the CSV what a folder shows', async () => {
    const { server, staging } = await newBucket();
    const csv = await rows([video('bucket-vid1'), file('bucketsmall0000')], ['', file('bucketlarge0000')]);
    const { summary, folder } = await workOn(internet, csv, INTO);
    expect(summary).toMatchObject({ complete: true, folders: { drive: INTO.driveDir } });
    const cells = await rowOf(csv, '1');
    expect(cells).toMatchObject({ youtube_status: 'completed', drive_status: 'completed' });
    const listed = [cells['youtube_files'], cells['drive_files'], (await rowOf(csv, '2'))['drive_files']]
      .flatMap((names) => (names ?? '').split(','))
      .toSorted();
    const stored = keysIn(server, 'runs/')
      .filter((key) => !key.endsWith('_metadata.json'))
      .map((key) => key.slice(key.indexOf('/') + 1));
    expect(stored.toSorted()).toEqual(listed);
    expect(await leftIn(staging)).toEqual([]);
    expect((await readdir(folder)).toSorted()).toEqual(['.rowtrail', 'people.csv']);
    expect([...server.uploads]).toEqual([]);
    // Nothing is left to do.
    server.requests.length = 0;
    const again = await workOn(internet, csv, INTO);
    expect(again.summary).toMatchObject({ complete: true });
    expect(server.requests.some(({ method, key }) => method === 'PUT' && key !== '')).toBe(false);
  });

  it('fetches and uploads what two rows share once: the storage copies it', async () => {
    const { server } = await newBucket();
    const csv = await rows(['', file('bucketsmall0000')], ['', file('bucketsmall0000')]);
    const { summary, requests } = await workOn(internet, csv, INTO);
    expect(summary).toMatchObject({ complete: true });
    expect(requests.filter(({ path }) => path === '/download').length).toBe(1);
    expect(server.requests.filter(isCopy).length).toBe(2);
    const media = [...server.objects].filter(([key]) => key.endsWith('.bin'));
    expect(media.length).toBe(2);
    expect(media[0]?.[1].bytes.equals(media[1]?.[1].bytes ?? Buffer.alloc(0))).toBe(true);
  });

  it('begins with nothing where the bucket cannot be written to', async () => {
    const { server } = await newBucket({
      onRequest: ({ method }) => (method === 'GET' ? null : { status: 403, code: 'AccessDenied' }),
    });
    const csv = await rows(['', file('bucketsmall0000')]);
    const asked = internet.requests.length;
    await expect(workOn(internet, csv, INTO)).rejects.toMatchObject({ code: 'storage_refused' });
    expect(internet.requests.length).toBe(asked);
    expect(server.objects.size).toBe(0);
  });

  it('fetches no further rows once the storage has gone, loses no attempt, and goes on in the next run', async () => {
    const ids = Array.from({ length: 30 }, (_, n) => `bucketmany${String(n).padStart(5, '0')}`);
    for (const [n, id] of ids.entries())
      internet.drive.addFile({ id, name: `${id}.bin`, body: { size: 600_000, seed: n } });
    const { server } = await newBucket();
    let puts = 0;
    server.options = {
      onRequest: ({ method, key }) => {
        if (method === 'PUT' && key.endsWith('.bin')) puts += 1;
        return puts > 4 ? { status: 403, code: 'AccessDenied' } : null;
      },
    };
    const csv = await rows(...ids.map((id) => ['', file(id)] as const));
    const { summary, requests } = await workOn(internet, csv, { ...INTO, concurrency: 1 });
    expect(summary).toMatchObject({ complete: false });
    expect(summary.notes.join(' ')).toContain('Nothing more is fetched');
    expect(requests.filter(({ path }) => path === '/download').length).toBeLessThan(15);
    const states = await Promise.all(ids.map((_, n) => rowOf(csv, `${n + 1}`)));
    expect(states.filter((cells) => cells['drive_status'] === 'completed').length).toBe(4);
    expect(states.filter((cells) => cells['drive_status'] === 'failed').length).toBe(0);
    server.options = {};
    const next = await workOn(internet, csv, INTO);
    expect(next.summary).toMatchObject({ complete: true });
    // What had come was not fetched again.
    const fetched = [...requests, ...next.requests].filter(({ path }) => path === '/download').length;
    // Three were under way, and their hosts were asked whether it still is the same.
    expect(fetched).toBeLessThanOrEqual(33);
    expect(keysIn(server, 'runs/').length).toBe(60);
  });

  it('stores a video that was proven and could not be stored without fetching it again', async () => {
    const { server, staging } = await newBucket();
    server.options = {
      onRequest: ({ method, key }) =>
        method === 'PUT' && /[.](?:mp4|vtt)$/.test(key) ? { status: 403, code: 'AccessDenied' } : null,
    };
    const csv = await rows([video('bucket-vid1'), '']);
    const { summary } = await workOn(internet, csv, INTO);
    expect(summary).toMatchObject({ complete: false });
    expect(await rowOf(csv, '1')).toMatchObject({ youtube_status: 'pending' });
    expect(keysIn(server, 'runs/')).toEqual([]);
    expect((await leftIn(staging)).some((name) => name.endsWith('.mp4'))).toBe(true);
    server.options = {};
    const next = await workOn(internet, csv, INTO);
    expect(next.summary).toMatchObject({ complete: true });
    expect(next.requests).toEqual([]);
    expect(keysIn(server, 'runs/').length).toBe(4);
    expect(await leftIn(staging)).toEqual([]);
  });

  it('makes a lost ledger anew from the sidecars in the bucket', async () => {
    await newBucket();
    const csv = await rows(['', file('bucketsmall0000')]);
    const { folder } = await workOn(internet, csv, INTO);
    await rm(join(folder, '.rowtrail'), { recursive: true });
    const asked = internet.requests.length;
    const { summary } = await workOn(internet, csv, INTO);
    expect(summary).toMatchObject({ complete: true });
    expect(internet.requests.length).toBe(asked);
    expect(existsSync(join(folder, '.rowtrail', 'people.csv', 'ledger.db'))).toBe(true);
  });
});

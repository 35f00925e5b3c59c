import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import {
  DownloadMonitor,
  resetDownloadStatus,
  verifyDownloads,
  type WorkflowOptions,
} from '../../src/index.ts';
import { startTestInternet } from '../support/internet.ts';
import { csvFile, rowOf } from '../tracker/fixtures.ts';
import { file, video, workOn } from './fixtures.ts';

const HEADER = 'row_id,name,email,type,youtube_playlist,google_drive';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
  internet.youtube.addVideo({
    id: 'shared-vid1',
    title: 'For two',
    channel: 'Both',
    captions: [{ lang: 'en', text: 'To each their own.' }],
  });
  for (const n of [1, 2, 3])
    internet.drive.addFile({
      id: `sharedfile${n}00000`,
      name: 'both.bin',
      body: { size: 400_000, seed: n },
      checksums: 'right',
    });
});
afterAll(() => internet.close());

const rows = (youtube: string, drive: string, ids = ['1', '2']) =>
  csvFile([HEADER, ...ids.map((id) => `${id},Person ${id},p${id}@example.org,T,${youtube},${drive}`)]);

type Asked = Awaited<ReturnType<typeof workOn>>['requests'];
const transfers = (requests: Asked) => ({
  youtube: requests.filter(({ path }) => path.startsWith('/youtubei/v1/player')).length,
  drive: requests.filter(({ path }) => path === '/download').length,
});
const filesOf = async (csv: string, rowId: string, type: 'youtube' | 'drive') =>
  ((await rowOf(csv, rowId))[`${type}_files`] ?? '').split(',').filter((name) => name !== '');

describe.each(['youtube', 'drive'] as const)('two rows with the same %s medium', (type) => {
  const link = { youtube: video('shared-vid1'), drive: file('sharedfile100000') }[type];
  const run = async (options: WorkflowOptions = {}) => {
    const csv = await rows(type === 'youtube' ? link : '', type === 'drive' ? link : '');
    return { csv, ...(await workOn(internet, csv, options)) };
  };

  it('fetch it once, when both are due at the same moment, and each has its own name and sidecar', async () => {
    const alone = await csvFile([
      HEADER,
      `1,A,a@x,T,${type === 'youtube' ? link : ''},${type === 'drive' ? link : ''}`,
    ]);
    const once = transfers((await workOn(internet, alone)).requests)[type];
    const { csv, folder, summary, requests } = await run({ concurrency: 2 });
    expect(summary).toMatchObject({ complete: true });
    expect(transfers(requests)[type]).toBe(once);
    const [first = '', second = ''] = [
      (await filesOf(csv, '1', type))[0],
      (await filesOf(csv, '2', type))[0],
    ];
    expect(first).not.toBe(second);
    const dir = join(folder, `${type}_downloads`);
    const [one, two] = await Promise.all([first, second].map((name) => readFile(join(dir, name))));
    expect(one?.equals(two ?? Buffer.alloc(0))).toBe(true);
    const sidecars = (await readdir(dir)).filter((name) => name.endsWith('_metadata.json'));
    const said = await Promise.all(
      sidecars.map(
        async (name) => JSON.parse(await readFile(join(dir, name), 'utf8')) as Record<string, unknown>,
      ),
    );
    expect(said.map((each) => each['source_csv_row_id']).toSorted()).toEqual(
      type === 'youtube' ? ['1', '1', '2', '2'] : ['1', '2'],
    );
    for (const each of said)
      expect(each).toMatchObject({
        source_csv: 'people.csv',
        attempt: 1,
        started_at: expect.stringMatching(/^\d{4}-/),
      });
    expect((await verifyDownloads(csv, { youtubeDir: dir, driveDir: dir, hash: true })).findings).toEqual([]);
  });

  it('count once on the disk, unless they are to be kept apart', async () => {
    const sizes = async (options: WorkflowOptions) => {
      const { csv, folder } = await run(options);
      const dir = join(folder, `${type}_downloads`);
      const { diskUsageGb } = await new DownloadMonitor({
        csvPath: csv,
        youtubeDir: dir,
        driveDir: dir,
      }).collectMetrics();
      const [first = ''] = await filesOf(csv, '1', type);
      const found = await stat(join(dir, first));
      return { usage: diskUsageGb * 1e9, size: found.size, links: found.nlink };
    };
    const apart = await sizes({ share: false });
    expect(apart.links).toBe(1);
    expect(apart.usage).toBeGreaterThan(2 * apart.size);
    const shared = await sizes({});
    // Where the file system has reflinks, the two are files of their own that share blocks.
    const saved = shared.links === 2 ? 0.9 * shared.size : -1;
    expect(shared.usage).toBeLessThan(apart.usage - saved);
  });

  it('a reset of one fetches it anew and leaves the file of the other alone', async () => {
    const { csv, folder } = await run();
    const dir = join(folder, `${type}_downloads`);
    const [first = ''] = await filesOf(csv, '1', type);
    const [second = ''] = await filesOf(csv, '2', type);
    const before = { ino: (await stat(join(dir, second))).ino, bytes: await readFile(join(dir, second)) };
    await resetDownloadStatus('1', type, csv);
    const { requests, summary } = await workOn(internet, csv);
    expect(summary.complete).toBe(true);
    expect(transfers(requests)[type]).toBeGreaterThan(0);
    expect((await stat(join(dir, second))).ino).toBe(before.ino);
    expect(await readFile(join(dir, second))).toEqual(before.bytes);
    expect((await stat(join(dir, first))).ino).not.toBe(before.ino);
  });

  it('a row that comes later takes what is here, unless it is not whole any more', async () => {
    const { csv, folder } = await run();
    const dir = join(folder, `${type}_downloads`);
    const line = (id: string) =>
      `${id},Person ${id},p${id}@example.org,T,${type === 'youtube' ? link : ''},${type === 'drive' ? link : ''},,,,,,,,\r\n`;
    await writeFile(csv, line('3'), { flag: 'a' });
    const later = await workOn(internet, csv);
    expect(later.summary.complete).toBe(true);
    const [third = ''] = await filesOf(csv, '3', type);
    expect((await stat(join(dir, third))).size).toBeGreaterThan(0);
    expect(transfers(later.requests).youtube).toBe(0);
    for (const rowId of ['1', '2', '3'])
      for (const name of await filesOf(csv, rowId, type)) {
        await rm(join(dir, name));
        await writeFile(join(dir, name), 'damaged');
      }
    await writeFile(csv, line('4'), { flag: 'a' });
    const again = await workOn(internet, csv);
    expect(again.summary.complete).toBe(true);
    expect(transfers(again.requests)[type]).toBeGreaterThan(0);
    const [fourth = ''] = await filesOf(csv, '4', type);
    expect(await readFile(join(dir, fourth), 'utf8')).not.toBe('damaged');
  });
});

it('sidecars hold of names and e-mails what was asked for', async () => {
  for (const [n, identity, held] of [
    [1, 'full', { person_name: 'Person 1', person_email: 'p1@example.org' }],
    [2, 'none', { person_name: '', person_email: '' }],
    [
      3,
      'hashed',
      { person_name: '', person_email: '', person_email_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ],
  ] as const) {
    const csv = await rows('', file(`sharedfile${n}00000`), ['1']);
    const { folder } = await workOn(internet, csv, { sidecarIdentity: identity });
    const dir = join(folder, 'drive_downloads');
    const name = (await readdir(dir)).find((each) => each.endsWith('_metadata.json')) ?? '';
    const text = await readFile(join(dir, name), 'utf8');
    expect(JSON.parse(text)).toMatchObject(held);
    expect(/Person 1|p1@example/.test(text)).toBe(identity === 'full');
  }
});

it.each(['none', 'right'] as const)(
  'a file that is another one by now, of the same size and name, is fetched for a row that comes later (checksums: %s)',
  async (checksums) => {
    const id = `changes-${checksums}-0000`;
    const known = { id, name: 'sheet.bin', checksums };
    internet.drive.addFile({ ...known, body: 'first version' });
    const csv = await rows('', file(id), ['1']);
    const { folder } = await workOn(internet, csv);
    await writeFile(csv, `2,P,p@example.org,T,,${file(id)},,,,,,,,\r\n`, { flag: 'a' });
    const same = await workOn(internet, csv);
    expect(same.summary.complete).toBe(true);
    const changed = internet.drive.addFile({ ...known, body: 'other version' });
    changed.lastModified = new Date(Date.now() + 1000);
    changed.etag = '"other"';
    await writeFile(csv, `3,P,p@example.org,T,,${file(id)},,,,,,,,\r\n`, { flag: 'a' });
    expect((await workOn(internet, csv)).summary.complete).toBe(true);
    const [second = '', third = ''] = await Promise.all(
      ['2', '3'].map(async (rowId) => {
        const [name = ''] = await filesOf(csv, rowId, 'drive');
        return readFile(join(folder, 'drive_downloads', name), 'utf8');
      }),
    );
    expect([second, third]).toEqual(['first version', 'other version']);
  },
);

it('two rows with a file that has a date for an extension give it the same name', async () => {
  const content = Buffer.concat([Buffer.from([0, 0, 0, 16]), Buffer.from('ftypisom'), Buffer.alloc(600_000)]);
  const { id } = internet.drive.addFile({
    name: 'Interview 12.05.2024',
    mediaType: 'video/mp4',
    body: content,
    checksums: 'right',
  });
  const csv = await rows('', file(id));
  const { requests } = await workOn(internet, csv, { concurrency: 2 });
  expect(transfers(requests).drive).toBe(1);
  for (const rowId of ['1', '2'])
    expect(await filesOf(csv, rowId, 'drive')).toEqual([`Interview 12.05.2024_row${rowId}_T.mp4`]);
});

import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type {
  FailureGroup,
  LiveEvent,
  RowDetail,
  RowsPage,
  SettingsView,
  TrendData,
} from '../../src/dashboard/contract.ts';
import type { Internet } from '../../src/demo/internet/index.ts';
import { listProcesses } from '../../src/sources/processes/index.ts';
import { desk, driveLink, HEADER, reach } from '../cli/fixtures.ts';
import { startTestInternet } from '../support/internet.ts';
import { readCells } from '../tracker/fixtures.ts';
import { listen, startServe } from './fixtures.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
  internet.drive.addFile({ id: 'serve-quick-1', name: 'quick.txt', body: 'quick words' });
  for (const n of [1, 2, 3])
    internet.drive.addFile({
      id: `serve-slow-${n}`,
      name: `slow ${n}.bin`,
      body: { size: 1_500_000, seed: n },
      faults: { download: { bytesPerSecond: 50_000 } },
    });
});
afterAll(() => internet.close());

const people = () =>
  desk([
    HEADER,
    `1,Ana,ana@x.org,T,,${driveLink('serve-quick-1')}`,
    `2,Bob,bob@x.org,T,,nonsense`,
    ...[1, 2, 3].map((n) => `${n + 2},Carl ${n},c${n}@x.org,T,,${driveLink(`serve-slow-${n}`)}`),
  ]);
const until = { timeout: 30_000, interval: 50 };

it('starts a run, tells how far it is, pauses it, has it go on, and shows what came of it', async () => {
  const { folder, csv } = await people();
  const served = await startServe(folder, { env: reach(internet), args: ['--concurrency', '1'] });
  const heard: LiveEvent[] = [];
  listen(served.url, heard);
  await expect.poll(() => heard.some(({ kind }) => kind === 'overview'), until).toBe(true);
  expect(await served.overview()).toMatchObject({
    csvPath: csv,
    csvName: 'people.csv',
    run: { state: 'idle' },
  });

  expect(await served.run('start')).toMatchObject({ state: 'running', own: true });
  expect((await served.ask('/api/run/start', { method: 'POST', body: {} })).status).toBe(409);
  const transfers = () => heard.flatMap((event) => (event.kind === 'overview' ? event.overview.active : []));
  await expect.poll(() => transfers().some(({ receivedBytes }) => receivedBytes > 0), until).toBe(true);
  expect(transfers().find(({ receivedBytes }) => receivedBytes > 0)).toMatchObject({
    name: expect.stringContaining('Carl'),
    label: expect.stringContaining('.'),
  });
  await served.run('pause');
  const noEnd = { etaSeconds: null, throughputPerHour: null, run: { state: 'paused', etaSeconds: null } };
  await expect.poll(() => served.overview(), until).toMatchObject(noEnd);
  await served.run('resume');
  await expect
    .poll(async () => (await served.overview()).run, { ...until, timeout: 90_000 })
    .toMatchObject({
      state: 'idle',
      lastRun: { exit: 'incomplete' },
    });
  await expect
    .poll(async () => (await served.overview()).counts.drive, until)
    .toMatchObject({ completed: 4, failed: 1 });
  expect(heard.some(({ kind }) => kind === 'rows')).toBe(true);

  const rows = await served.json<RowsPage>('/api/rows?status=failed&sort=name');
  expect(rows).toMatchObject({
    total: 1,
    rows: [{ rowId: '2', drive: { status: 'failed', cause: 'malformed_link' } }],
  });
  const failures = await served.json<FailureGroup[]>('/api/failures');
  expect(failures).toMatchObject([
    {
      ...{ remedy: 'link_malformed', count: 1, downloads: [{ rowId: '2', name: 'Bob' }] },
      commands: ['rowtrail run people.csv'],
    },
  ]);
  expect((await served.ask('/api/failures.csv')).body).toContain('malformed_link');
  const detail = await served.json<RowDetail>('/api/row?id=1');
  const file = detail.downloads[0]?.items[0]?.files[0];
  expect(file).toMatchObject({ preview: 'text', bytes: 11 });
  const sent = await served.ask(file?.url ?? '');
  expect(sent).toMatchObject({
    status: 200,
    body: 'quick words',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  });
  expect(await served.ask(file?.url ?? '', { headers: { range: 'bytes=6-' } })).toMatchObject({
    status: 206,
    body: 'words',
  });
  const { day, run } = await served.json<TrendData>('/api/trend');
  expect(day.at.length).toBeGreaterThan(0);
  expect(run.completed.at(-1)).toBe(4);
  const metrics = (await served.ask('/metrics')).body;
  expect(metrics).toMatch(/^rowtrail_/m);
  expect(metrics).not.toMatch(/ana|bob|carl|x\.org/i);

  expect(await served.json('/api/reset', { method: 'POST', body: { rowIds: ['1'] } })).toEqual({ reset: 1 });
  await expect.poll(async () => (await served.overview()).counts.drive.pending, until).toBe(1);
});

it.each([
  ['without a row_id column', ['name,google_drive', `Ana,${driveLink('serve-quick-1')}`]],
  ['that holds a row_id twice', [HEADER, '1,Ana,ana@x.org,T,,', '1,Bob,bob@x.org,T,,']],
  ['that is none', Buffer.from('%PDF-1.7\0\x01\x02')],
  ['that is not there', null],
])('refuses a CSV %s at the start, with the words of status', async (_, content) => {
  const { rowtrail } = await desk(content);
  const served = await rowtrail('serve', 'people.csv', '--port', '0');
  expect(served).toEqual(await rowtrail('status', 'people.csv'));
  expect(served).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^error: .*people\.csv/),
  });
});

it('ends the run that it started with Ctrl-C, tidily, and by kill -9 at once', async () => {
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    const { folder, csv } = await people();
    const served = await startServe(folder, { env: reach(internet) });
    await served.run('start');
    await expect.poll(async () => (await served.overview()).active.length, until).toBeGreaterThan(0);
    served.child.kill(signal);
    const { code, stderr } = await served.result;
    expect(code).toBe(signal === 'SIGINT' ? 0 : null);
    expect(stderr.includes('The run that was started here stops first')).toBe(signal === 'SIGINT');
    const runs = async () => (await listProcesses()).filter(({ commandLine }) => commandLine.includes(csv));
    await expect.poll(async () => (await runs()).length, until).toBe(0);
    const cells = await readCells(csv);
    expect(cells.map((row) => row['drive_status'])).not.toContain(
      signal === 'SIGINT' ? 'downloading' : 'nothing',
    );
  }
});

it('speaks of no run at Ctrl-C where none goes on', async () => {
  const { folder } = await people();
  const served = await startServe(folder);
  served.child.kill('SIGINT');
  const { code, stderr } = await served.result;
  expect(code).toBe(0);
  expect(stderr).not.toMatch(/stop/i);
});

it('says that the CSV vanished while the page is open, and goes on once it is back', async () => {
  const { folder, csv } = await people();
  const served = await startServe(folder);
  const heard: LiveEvent[] = [];
  listen(served.url, heard);
  await expect.poll(async () => (await served.json<RowsPage>('/api/rows')).total, until).toBe(5);
  await rename(csv, `${csv}.away`);
  await expect
    .poll(() => heard.find(({ kind }) => kind === 'gone'), until)
    .toMatchObject({ error: { cause: 'file_missing' } });
  expect(await served.ask('/healthz')).toMatchObject({ status: 503 });
  await expect.poll(async () => (await served.ask('/api/rows')).status, until).toBe(503);
  await rename(`${csv}.away`, csv);
  await expect.poll(async () => (await served.ask('/api/rows')).status, until).toBe(200);
  await expect.poll(async () => (await served.ask('/healthz')).status, until).toBe(200);
});

it('shows what a person saves, and what another command does', async () => {
  const { folder, csv, rowtrail } = await people();
  const served = await startServe(folder);
  await expect.poll(async () => (await served.json<RowsPage>('/api/rows?text=ana')).total, until).toBe(1);
  await writeFile(csv, (await readFile(csv, 'utf8')).replace('Ana', 'Zora'));
  await expect.poll(async () => (await served.json<RowsPage>('/api/rows?text=zora')).total, until).toBe(1);
  await rowtrail(
    'run',
    'people.csv',
    '--max-drive',
    '2',
    '--proxy',
    internet.proxyUrl,
    '--ca-cert',
    internet.caCertFile,
  );
  await expect
    .poll(async () => (await served.overview()).counts.drive, until)
    .toMatchObject({ completed: 1, failed: 1 });
});

it('shows the settings in force with where they come from, and no secret', async () => {
  const { folder } = await people();
  await writeFile(join(folder, 'rowtrail.config.yaml'), 'concurrency: 5\n');
  const served = await startServe(folder, {
    args: ['--resolution', '720'],
    env: { ROWTRAIL_DRIVE_API_KEY: 'AIza-secret', ROWTRAIL_PACE: 'off' },
  });
  const reply = await served.ask('/api/settings');
  expect(reply.body).not.toContain('AIza');
  const { settings } = JSON.parse(reply.body) as SettingsView;
  const of = (name: string) => settings.find((each) => each.name === name);
  expect(of('concurrency')).toMatchObject({ value: '5', origin: 'file' });
  expect(of('resolution')).toMatchObject({ value: '720', origin: 'flag' });
  expect(of('pace')).toMatchObject({ value: 'off', origin: 'environment' });
  expect(of('csv')).toMatchObject({ value: 'people.csv', origin: 'argument' });
  expect(of('format')).toMatchObject({ value: 'mp4', origin: 'default' });
  expect(settings.filter(({ value }) => value === '')).toEqual([]);
  expect(of('drive_api_key')).toMatchObject({ origin: 'environment' });
});

it('says what to do where the port is in use, the CSV is not there, or the address is not this machine’s', async () => {
  const { folder, rowtrail } = await people();
  const served = await startServe(folder);
  const { port } = new URL(served.url);
  const taken = await rowtrail('serve', 'people.csv', '--port', port);
  expect(taken.code).not.toBe(0);
  expect(taken.stderr.replaceAll(/\s+/g, ' ')).toContain(`port ${port} is in use`);
  expect(taken.stderr).toContain('--port');
  const away = await rowtrail('serve', 'people.csv', '--port', '0', '--host', '192.0.2.1');
  expect(away.stderr.replaceAll(/\s+/g, ' ')).toContain('no address of this machine');
  await rm(join(folder, 'people.csv'));
  const gone = await rowtrail('serve', 'people.csv', '--port', '0');
  expect(gone).toMatchObject({ code: 1, stderr: expect.stringContaining('no such CSV') });
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { CsvStore, listWorkers } from '../../src/ledger/index.ts';
import { HEADER } from '../cli/fixtures.ts';
import { examplesDesk, newDatabase } from '../store/fixtures.ts';
import { startCli } from '../support/cli.ts';
import { droppingProxy } from '../support/dropping-proxy.ts';
import { startTestInternet } from '../support/internet.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { startSharedRun } from './fixtures.ts';

let postgres: TestPostgres;
let internet: Internet;
beforeAll(async () => {
  [postgres, internet] = await Promise.all([startPostgres(), startTestInternet()]);
});
afterAll(() => internet.close());

const POLL = { timeout: 60_000, interval: 100 };

it('a worker is seen in the store, says that it is alive, and whether it is ready: not while the store is away, nor once it ends', async () => {
  const store = await newDatabase(postgres, 'health');
  const csvStore = await CsvStore.open(store);
  const file = internet.drive.addFile({
    id: 'health-drive-file-0',
    name: 'a.bin',
    body: { size: 400_000, seed: 1 },
  });
  const desk = await examplesDesk(internet, [
    HEADER,
    `1,A,a@x.example,T,,https://drive.google.com/file/d/${file.id}/view`,
  ]);
  // It goes on for as long as the test needs it.
  file.faults.download = { bytesPerSecond: 10_000 };
  await using proxy = await droppingProxy(store);
  const args = ['worker', '--health-port', '0', '--grace', '3s', '--lease', '60s'];
  const { child, result } = startCli(args, { cwd: desk.folder, env: desk.env(proxy.url) });
  let told = '';
  child.stderr?.on('data', (part: Buffer) => (told += part.toString()));
  const run = startSharedRun(desk, store, '--quiet');
  await expect.poll(() => told, POLL).toMatch(/127\.0\.0\.1:\d+/);
  const url = `http://${/127\.0\.0\.1:\d+/.exec(told)?.[0] ?? ''}`;
  const status = async (path: string) => (await fetch(url + path).catch(() => null))?.status;
  expect(await status('/healthz')).toBe(200);
  expect(await status('/readyz')).toBe(200);
  const seen = async () => (await listWorkers(csvStore.database))[0];
  await expect.poll(async () => (await seen())?.underWay, POLL).toBe(1);
  expect(await seen()).toMatchObject({ pid: child.pid, draining: false, silent: false });
  proxy.cut();
  await expect.poll(() => status('/readyz'), POLL).toBe(503);
  expect(await status('/healthz')).toBe(200);
  proxy.mend();
  await expect.poll(() => status('/readyz'), POLL).toBe(200);
  child.kill('SIGTERM');
  await expect.poll(() => status('/readyz'), { ...POLL, interval: 20 }).toBe(503);
  expect((await result).code).toBe(0);
  expect(await seen()).toBeUndefined();
  run.child.kill('SIGTERM');
  await run.result;
  await csvStore.close();
});

it('a worker says which port it cannot have', async () => {
  const store = await newDatabase(postgres, 'port');
  const desk = await examplesDesk(internet, [HEADER]);
  const told = await desk.rowtrail(store, 'worker', '--health-port', '0', '--health-host', '203.0.113.7');
  expect([told.code, told.stderr]).toEqual([
    2,
    expect.stringContaining('no health checks can be answered on 203.0.113.7:0'),
  ]);
});

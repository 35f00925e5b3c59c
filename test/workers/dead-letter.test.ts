import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { HEADER, json } from '../cli/fixtures.ts';
import { examplesDesk, newDatabase } from '../store/fixtures.ts';
import { startTestInternet } from '../support/internet.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { readCells } from '../tracker/fixtures.ts';
import { jobsIn, startSharedRun, startWorker } from './fixtures.ts';

let postgres: TestPostgres;
let internet: Internet;
beforeAll(async () => {
  [postgres, internet] = await Promise.all([startPostgres(), startTestInternet()]);
});
afterAll(() => internet.close());

it('a download with which three workers are lost is failed, says why, and is not tried again before it is retried', async () => {
  const store = await newDatabase(postgres, 'dead');
  const file = internet.drive.addFile({
    id: 'deadly-drive-file',
    name: 'deadly.bin',
    body: { size: 100_000, seed: 1 },
  });
  file.faults.download = { bytesPerSecond: 100 };
  const desk = await examplesDesk(internet, [
    HEADER,
    `1,A,a@x.example,T,,https://drive.google.com/file/d/${file.id}/view`,
  ]);
  const run = startSharedRun(desk, store, '--json');
  for (let lost = 0; lost < 3; lost++) {
    const worker = startWorker(desk, store);
    await expect.poll(() => jobsIn(store, 'active'), { timeout: 90_000, interval: 50 }).toBe(1);
    worker.kill('SIGKILL');
    await worker.result;
    await expect.poll(() => jobsIn(store, 'active'), { timeout: 90_000, interval: 50 }).toBe(0);
  }
  const ended = await run.result;
  expect([ended.code, json(ended)]).toEqual([
    3,
    expect.objectContaining({
      failures: [expect.objectContaining({ row_id: '1', cause: 'workers_lost', permanent: true })],
    }),
  ]);
  expect((await readCells(desk.csv))[0]).toMatchObject({
    drive_status: 'failed',
    download_errors: expect.stringContaining('3 workers that had it'),
  });
  expect((await desk.rowtrail(store, 'run', 'people.csv')).code).toBe(0);
  delete file.faults.download;
  await desk.rowtrail(store, 'retry', 'people.csv', '--cause', 'workers_lost');
  expect((await desk.rowtrail(store, 'run', 'people.csv')).code).toBe(0);
  expect((await readCells(desk.csv))[0]?.['drive_status']).toBe('completed');
});

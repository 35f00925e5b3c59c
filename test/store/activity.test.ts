import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { CsvStore, WorkerPresence } from '../../src/ledger/index.ts';
import { openQueue } from '../../src/queue/index.ts';
import { HEADER, json } from '../cli/fixtures.ts';
import { startServe } from '../dashboard/fixtures.ts';
import { startTestInternet } from '../support/internet.ts';
import { startPostgres } from '../support/postgres.ts';
import { examplesDesk, newDatabase } from './fixtures.ts';

let store: string;
let internet: Internet;
beforeAll(async () => {
  const [postgres, net] = await Promise.all([startPostgres(), startTestInternet()]);
  internet = net;
  store = await newDatabase(postgres, 'activity');
});
afterAll(() => internet.close());

it('status and metrics tell who works in the store and what waits there, and nothing where nothing goes on', async () => {
  const file = internet.drive.addFile({ id: 'activity-drive-file-0', name: 'a.txt', body: 'a' });
  const desk = await examplesDesk(internet, [
    HEADER,
    `1,A,a@x.example,T,,https://drive.google.com/file/d/${file.id}/view`,
  ]);
  const quiet = await desk.rowtrail(store, 'status', 'people.csv', '--json');
  expect(json(quiet)).not.toHaveProperty('store');
  expect((await desk.rowtrail(store, 'status', 'people.csv')).stdout).not.toContain('Workers');

  const csvStore = await CsvStore.open(store);
  const queue = await openQueue(csvStore.connections);
  const job = (rowId: string) => ({
    csv: '6e7c2b1e-3a58-4d0f-9a06-0d6b8b6f4a11',
    row: { rowId, rowIndex: 0, line: 2, type: 'T', name: 'A', email: 'a@x.example' },
    downloadType: 'drive' as const,
    link: 'https://drive.google.com/file/d/x/view',
    runId: 'a-run',
  });
  await queue.enqueue([job('1'), job('2')]);
  await queue.enqueue([job('3')], { startAfter: 3000 });
  await queue.take('drive', 1);
  await using working = await WorkerPresence.begin(csvStore.database, {
    version: '9.9.9\u001b[31m',
    work: () => ({ underWay: 1, done: 12, failed: 3, draining: false }),
  });
  await using draining = await WorkerPresence.begin(csvStore.database, {
    version: '9.9.9',
    work: () => ({ underWay: 0, done: 0, failed: 0, draining: true }),
  });
  const told = json(await desk.rowtrail(store, 'status', 'people.csv', '--json'));
  expect(told).toMatchObject({
    store: {
      workers: [
        { id: working.id, under_way: 1, done: 12, failed: 3, draining: false, silent: false },
        { id: draining.id, draining: true },
      ],
      queue: { waiting: 1, delayed: 1, active: 1, dead: 0 },
    },
  });
  const { stdout } = await desk.rowtrail(store, 'status', 'people.csv');
  expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
    /Jobs in the store: 1 waiting, 1 later, the next in \d+ s, 1 under way Workers: 2 .*: 1 job under way, 12 done, 3 failed/,
  );
  expect(stdout).not.toContain('\u001b[31m');
  const metrics = await desk.rowtrail(store, 'metrics', 'people.csv', '--prometheus');
  for (const line of [
    'rowtrail_workers{state="working"} 1',
    'rowtrail_workers{state="draining"} 1',
    'rowtrail_workers{state="silent"} 0',
    'rowtrail_worker_jobs 1',
    'rowtrail_queue_jobs{state="waiting"} 1',
    'rowtrail_queue_jobs{state="delayed"} 1',
    'rowtrail_queue_jobs{state="active"} 1',
    'rowtrail_queue_jobs{state="dead"} 0',
  ])
    expect(metrics.stdout.split('\n')).toContain(line);
  const served = await startServe(desk.folder, { env: desk.env(store) });
  await expect
    .poll(async () => (await served.overview()).store, { timeout: 30_000 })
    .toMatchObject({
      jobs: { waiting: 1, delayed: 1, active: 1, dead: 0 },
      workers: [
        { id: working.id, underWay: 1, done: 12, failed: 3, state: 'working' },
        { id: draining.id, state: 'draining' },
      ],
    });
  await queue.close();
  await csvStore.close();
});

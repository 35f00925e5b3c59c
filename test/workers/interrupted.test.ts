import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { HEADER, json } from '../cli/fixtures.ts';
import { administer, examplesDesk, newDatabase } from '../store/fixtures.ts';
import { startTestInternet } from '../support/internet.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { readCells } from '../tracker/fixtures.ts';
import { completedIn, jobsIn, startSharedRun, startWorker } from './fixtures.ts';

const ROWS = 40;
const POLL = { timeout: 90_000, interval: 50 };

let postgres: TestPostgres;
let internet: Internet;
beforeAll(async () => {
  [postgres, internet] = await Promise.all([startPostgres(), startTestInternet()]);
});
afterAll(() => internet.close());

/** Rows whose files take a while. */
function slowRows(name: string, count = ROWS, bytesPerSecond = 100_000): readonly string[] {
  const lines = Array.from({ length: count }, (_, n) => {
    const file = internet.drive.addFile({
      id: `${name}-drive-file-${n}`,
      name: `${n}.bin`,
      body: { size: 100_000, seed: n },
    });
    file.faults.download = { bytesPerSecond };
    return `${n},N ${n},n${n}@x.example,T,,https://drive.google.com/file/d/${file.id}/view`;
  });
  return [HEADER, ...lines];
}

const countOf = (completed: Readonly<Record<string, number>>) => Object.keys(completed).length;
const downloadingIn = (store: string) =>
  administer(store, "SELECT 1 FROM rowtrail.download WHERE status = 'downloading'");
const doneIn = (store: string) => async () => countOf(await completedIn(store));

/** Every row is completed, in the CSV and in the ledger, there once. */
async function expectAllOnce(desk: { readonly csv: string }, store: string): Promise<void> {
  expect((await readCells(desk.csv)).map((row) => row['drive_status'])).toEqual(
    Array(ROWS).fill('completed'),
  );
  expect(Object.values(await completedIn(store))).toEqual(Array(ROWS).fill(1));
}

it('a worker that is killed in the middle loses nothing: others do its jobs once its lease has ended', async () => {
  const store = await newDatabase(postgres, 'killed');
  const desk = await examplesDesk(internet, slowRows('killed'));
  const [one] = [startWorker(desk, store), startWorker(desk, store)];
  const run = startSharedRun(desk, store);
  await expect.poll(doneIn(store), POLL).toBeGreaterThan(3);
  one.kill('SIGKILL');
  expect((await run.result).code).toBe(0);
  await expectAllOnce(desk, store);
  expect((await desk.rowtrail(store, 'verify', 'people.csv')).code).toBe(0);
});

it('a worker that is stopped past its lease and goes on overwrites nothing and works on', async () => {
  const store = await newDatabase(postgres, 'paused');
  const desk = await examplesDesk(internet, slowRows('paused'));
  const paused = startWorker(desk, store, '--json');
  const run = startSharedRun(desk, store);
  await expect.poll(doneIn(store), POLL).toBeGreaterThan(3);
  paused.kill('SIGSTOP');
  const other = startWorker(desk, store);
  expect((await run.result).code).toBe(0);
  paused.kill('SIGCONT');
  await expectAllOnce(desk, store);
  await sleep(3000);
  paused.kill('SIGTERM');
  other.kill('SIGTERM');
  const [ended] = await Promise.all([paused.result, other.result]);
  expect([ended.code, ended.stderr]).toEqual([0, expect.stringContaining("not this worker's any more")]);
  await expectAllOnce(desk, store);
  expect((await desk.rowtrail(store, 'verify', 'people.csv')).code).toBe(0);
  expect((await desk.rowtrail(store, 'run', 'people.csv')).code).toBe(0);
  await expectAllOnce(desk, store);
});

it('drains when it is asked to end: transfers get their time, what is not done by then is given back', async () => {
  const store = await newDatabase(postgres, 'drained');
  // Some 20 s for each file.
  const desk = await examplesDesk(internet, slowRows('drained', ROWS, 5000));
  const quick = await examplesDesk(internet, slowRows('quick', 3, 50_000));
  const worker = startWorker(desk, store, '--grace', '1s');
  const run = startSharedRun(desk, store);
  await expect.poll(() => jobsIn(store, 'active'), POLL).toBeGreaterThan(2);
  worker.kill('SIGTERM');
  const ended = await worker.result;
  expect([ended.code, ended.stderr]).toEqual([0, expect.stringContaining('nothing new begins')]);
  expect(await jobsIn(store, 'active')).toBe(0);
  expect(await jobsIn(store, 'created')).toBe(ROWS);
  expect(await downloadingIn(store)).toEqual([]);
  run.child.kill('SIGINT');
  expect((await run.result).code).toBe(130);
  // What is under way and ends in time is recorded.
  const patient = startWorker(quick, store, '--grace', '60s', '--json', '--skip-youtube');
  const next = startSharedRun(quick, store);
  // A job that was taken and not begun would be given back.
  await expect.poll(async () => (await downloadingIn(store)).length, POLL).toBeGreaterThan(0);
  patient.kill('SIGTERM');
  const done = json(await patient.result) as { readonly completed: number };
  expect(done.completed).toBeGreaterThan(0);
  next.child.kill('SIGINT');
  await next.result;
});

it('workers and run go on when PostgreSQL crashes and comes back: each row is recorded once', async () => {
  const store = await newDatabase(postgres, 'crashed');
  const desk = await examplesDesk(internet, slowRows('crashed'));
  const workers = [startWorker(desk, store), startWorker(desk, store)];
  const run = startSharedRun(desk, store);
  for (const upTo of [3, 20]) {
    await expect.poll(doneIn(store), POLL).toBeGreaterThan(upTo);
    await postgres.stop();
    await sleep(300);
    await postgres.start();
  }
  expect((await run.result).code).toBe(0);
  for (const worker of workers) worker.kill('SIGTERM');
  for (const { result } of workers) expect((await result).code).toBe(0);
  await expectAllOnce(desk, store);
});

it('a run is stopped and started again while workers go on, and takes up what they did', async () => {
  const store = await newDatabase(postgres, 'again');
  const desk = await examplesDesk(internet, slowRows('again'));
  const first = startSharedRun(desk, store);
  startWorker(desk, store);
  await expect.poll(doneIn(store), POLL).toBeGreaterThan(3);
  first.child.kill('SIGINT');
  expect((await first.result).code).toBe(130);
  const before = await doneIn(store)();
  await expect.poll(doneIn(store), POLL).toBeGreaterThan(before + 2);
  expect((await startSharedRun(desk, store).result).code).toBe(0);
  await expectAllOnce(desk, store);
});

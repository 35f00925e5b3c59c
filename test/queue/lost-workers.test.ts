import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { CsvStore, type Store } from '../../src/ledger/index.ts';
import { JobLostError, openQueue, type Queue, type TakenJob } from '../../src/queue/index.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { job, jobs } from './fixtures.ts';

const TAKER = fileURLToPath(new URL('take-and-hang.ts', import.meta.url));
const LEASE = { leaseSeconds: 1 };

let postgres: TestPostgres;
let store: CsvStore;
let connections: Store;
let queue: Queue;
/** One whose leases end when a test says so. */
let patient: Queue;

beforeAll(async () => {
  postgres = await startPostgres();
  store = await CsvStore.open(postgres.url);
  connections = store.connections;
});
beforeEach(async () => {
  queue = await openQueue(connections, LEASE);
  patient = await openQueue(connections, { leaseSeconds: 600 });
});
afterEach(async () => {
  await Promise.all([queue.close(), patient.close()]);
  await connections.change('TRUNCATE rowtrail_queue.job');
});
afterAll(() => store.close());

const endLeases = () =>
  connections.change("UPDATE rowtrail_queue.job SET heartbeat_on = now() - interval '601 s'");

/** Takes as soon as something can be taken. */
async function takeSoon(most: number): Promise<readonly TakenJob[]> {
  for (;;) {
    const taken = await queue.take('drive', most);
    if (taken.length > 0) return taken;
    await sleep(50);
  }
}

it('puts back what its taker gave no sign of life for, and the late result is rolled back', async () => {
  await connections.change('CREATE TABLE IF NOT EXISTS written (what text)');
  await patient.enqueue(jobs(1));
  const first = await queue.take('drive', 1);
  await endLeases();
  const second = await takeSoon(1);
  expect(second).toEqual(first.map((taken) => ({ ...taken, retryCount: 1 })));
  const late = connections.transaction(async (ask) => {
    await ask.change("INSERT INTO written VALUES ('late')");
    await queue.completeIn(ask, first);
  });
  await expect(late).rejects.toThrow(JobLostError);
  expect(await connections.rows('SELECT * FROM written')).toEqual([]);
  // Neither does it keep the job by a sign of life, nor give back what another has.
  expect(await queue.touch(first)).toEqual(first.map(({ id }) => id));
  await queue.giveBack(first);
  expect(await queue.counts()).toMatchObject({ waiting: 0, active: 1 });
  await connections.transaction((ask) => queue.completeIn(ask, second));
  expect(await queue.counts()).toMatchObject({ waiting: 0, active: 0 });
});

it('does not complete what has expired, even before another takes it', async () => {
  await queue.enqueue(jobs(1));
  const taken = await queue.take('drive', 1);
  while ((await queue.counts()).active > 0) await sleep(50);
  await expect(connections.transaction((ask) => queue.completeIn(ask, taken))).rejects.toThrow(JobLostError);
});

it('leaves a job to a taker that gives signs of life', async () => {
  // Nobody looks meanwhile for what has expired.
  await queue.close();
  await patient.enqueue(jobs(2));
  const [kept, left] = await patient.take('drive', 2);
  if (kept === undefined || left === undefined) throw new Error('two were taken');
  await endLeases();
  expect(await patient.touch([kept])).toEqual([]);
  queue = await openQueue(connections, LEASE);
  expect((await takeSoon(2)).map(({ id }) => id)).toEqual([left.id]);
  await connections.transaction((ask) => queue.completeIn(ask, [kept]));
});

it('puts a job that lost three workers into the dead letter, with the reason', async () => {
  const given = job('007');
  await queue.enqueue([given]);
  for (let lost = 0; lost < 3; lost++) {
    const child = spawn(process.execPath, [TAKER, postgres.url, '1'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(said).toBe(`007/${lost}\n`);
  }
  while ((await queue.counts(given.csv)).dead === 0) await sleep(100);
  expect(await queue.take('drive', 1)).toEqual([]);
  const dead = await queue.takeDead(5);
  expect(dead).toMatchObject([{ ...given, workersLost: 3, reason: expect.stringContaining('3 workers') }]);
  expect(await queue.takeDead(5)).toEqual([]);
  // It may be asked for anew before and after the dead letter was told of.
  expect(await queue.enqueue([given])).toBe(1);
  await connections.transaction((ask) => queue.completeIn(ask, dead));
  expect(await queue.counts(given.csv)).toMatchObject({ waiting: 1, dead: 0 });
});

it('does not count against a job what was given back', async () => {
  await patient.enqueue(jobs(1));
  await queue.take('drive', 1);
  await endLeases();
  const second = await takeSoon(1);
  await queue.giveBack(second);
  for (let n = 0; n < 5; n++) await queue.giveBack(await takeSoon(1));
  expect((await takeSoon(1)).map(({ retryCount }) => retryCount)).toEqual([1]);
});

it('loses nothing and does nothing twice while PostgreSQL crashes and takers are killed', async () => {
  await connections.change('CREATE TABLE IF NOT EXISTS done (row_id text)');
  const given = jobs(600);
  await queue.enqueue(given);
  const children = [11, 17].map((most) =>
    spawn(process.execPath, [TAKER, postgres.url, String(most)], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  await Promise.all(children.map((child) => once(child.stdout, 'data')));
  const work = async () => {
    for (;;) {
      const taken = await queue.take('drive', 10);
      const { waiting, delayed, active } = await queue.counts();
      if (taken.length === 0 && waiting + delayed + active === 0) return;
      if (taken.length === 0) await sleep(50);
      else
        await connections
          .transaction(async (ask) => {
            for (const { row } of taken) await ask.change('INSERT INTO done VALUES ($1)', [row.rowId]);
            await queue.completeIn(ask, taken);
          })
          .catch((error: unknown) => {
            // Lost over a crash: another one does it.
            if (!(error instanceof JobLostError)) throw error;
          });
    }
  };
  const working = Promise.all([work(), work(), work()]);
  for (const child of children) child.kill('SIGKILL');
  for (let crash = 0; crash < 2; crash++) {
    await sleep(150);
    await postgres.stop();
    await postgres.start();
  }
  await working;
  const done = await connections.rows<{ readonly row_id: string }>('SELECT row_id FROM done');
  expect(done.map(({ row_id }) => row_id).toSorted()).toEqual(given.map(({ row }) => row.rowId).toSorted());
});

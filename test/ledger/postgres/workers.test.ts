import { hostname } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CsvStore, listWorkers, WorkerPresence, type WorkerWork } from '../../../src/ledger/index.ts';
import { startPostgres } from '../../support/postgres.ts';

let store: CsvStore;
beforeAll(async () => {
  store = await CsvStore.open((await startPostgres()).url);
});
afterAll(() => store.close());

const seen = () => listWorkers(store.database);

it('shows the workers of a store, what they work on, and since when they are silent', async () => {
  let work: WorkerWork = { underWay: 0, done: 0, failed: 0, draining: false };
  const options = { version: '1.2.3', work: () => work };
  const one = await WorkerPresence.begin(store.database, options);
  const other = await WorkerPresence.begin(store.database, options);
  expect(await seen()).toMatchObject(
    [one, other].map(({ id }) => ({
      id,
      host: hostname(),
      pid: process.pid,
      version: '1.2.3',
      silent: false,
      ...work,
    })),
  );
  work = { underWay: 4, done: 10, failed: 2, draining: true };
  await one.tell();
  expect(await seen()).toMatchObject([work, { underWay: 0, draining: false }]);
  await store.database.rows(
    `UPDATE rowtrail.worker SET seen_at = seen_at - interval '5 minutes' WHERE id = $1::uuid`,
    [other.id],
  );
  expect(await seen()).toMatchObject([{ silent: false }, { silent: true }]);
  expect((await seen())[1]?.seenSecondsAgo).toBeGreaterThan(299);
  await other.tell();
  expect(await seen()).toMatchObject([{ silent: false }, { silent: false }]);
  await one[Symbol.asyncDispose]();
  expect((await seen()).map(({ id }) => id)).toEqual([other.id]);
  await other[Symbol.asyncDispose]();
  expect(await seen()).toEqual([]);
});

it('forgets those who were killed after an hour', async () => {
  const work = () => ({ underWay: 1, done: 0, failed: 0, draining: false });
  await using killed = await WorkerPresence.begin(store.database, { version: '1', work });
  await store.database.rows(`UPDATE rowtrail.worker SET seen_at = seen_at - interval '61 minutes'`);
  expect(await seen()).toEqual([]);
  await using next = await WorkerPresence.begin(store.database, { version: '1', work });
  const left = await store.database.rows<{ readonly id: string }>(
    'SELECT id::text AS id FROM rowtrail.worker',
  );
  expect(left.map(({ id }) => id)).toEqual([next.id]);
  expect(killed.id).not.toBe(next.id);
});

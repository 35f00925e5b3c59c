import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CsvStore, type StoredCsv } from '../../../src/ledger/index.ts';
import { droppingProxy } from '../../support/dropping-proxy.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { attempt, failed, ROW } from '../fixtures.ts';

let postgres: TestPostgres;
let store: CsvStore;

beforeAll(async () => {
  postgres = await startPostgres();
  store = await CsvStore.open(postgres.url);
});
afterAll(() => store.close());

const enter = () => store.enter({ key: randomUUID(), name: 'people.csv', place: 'here' });
const failure = (rowId: string) => attempt({ row: { ...ROW, rowId }, items: [], outcome: failed('timeout') });

async function expectRecordedOnce(csv: StoredCsv, rowIds: readonly string[]): Promise<void> {
  const ledger = store.ledger(csv);
  for (const rowId of rowIds) {
    expect((await ledger.row(rowId))?.downloads.youtube?.attempts).toBe(1);
    expect((await ledger.attemptsOf(rowId))[0]?.attempts).toHaveLength(1);
  }
  expect((await ledger.attemptsSince(null)).youtube.failed).toBe(rowIds.length);
}

it('notices that the network drops what is sent, waits, and has recorded everything once when it is back', async () => {
  const csv = await enter();
  await using proxy = await droppingProxy(postgres.url);
  const cut = await CsvStore.open(proxy.url);
  const ledger = cut.ledger(csv);
  const rowIds = Array.from({ length: 600 }, (_, n) => String(n));
  let next = 0;
  const transfers = Array.from({ length: 40 }, async () => {
    for (let at = next++; at < rowIds.length; at = next++) await ledger.record(failure(String(at)));
  });
  while (next < 200) await sleep(1);
  proxy.cut();
  await sleep(3000);
  proxy.mend();
  while (next < 400) await sleep(5);
  // Once more where it hurts most: the commit is dropped, and nobody knows whether it happened.
  proxy.cutAtCommit();
  await expect.poll(proxy.isCut, { timeout: 20_000 }).toBe(true);
  proxy.mend();
  await Promise.all(transfers);
  await cut.close();
  await expectRecordedOnce(csv, rowIds);
});

it('goes on where a new connection breaks before it is used for the first time', async () => {
  await using proxy = await droppingProxy(postgres.url);
  const through = await CsvStore.open(proxy.url);
  proxy.breakAt('pg_backend_pid');
  const { database } = through;
  // What the library emits besides would end this process.
  const both = [
    database.rows(`SELECT 'first' AS asked FROM pg_sleep(0.3)`),
    database.rows(`SELECT 'second' AS asked`),
  ];
  expect(await Promise.all(both)).toEqual([[{ asked: 'first' }], [{ asked: 'second' }]]);
  await through.close();
});

it('waits for a statement that takes long, and does not take it for a silence', async () => {
  const [answer] = await store.database.rows<{ readonly slept: string }>(
    `SELECT 'so long' AS slept FROM pg_sleep(14)`,
  );
  expect(answer?.slept).toBe('so long');
  const [sleepers] = await store.database.rows<{ readonly count: number }>(
    `SELECT count(*)::int FROM pg_stat_activity WHERE query LIKE '%pg_sleep(14)%' AND state = 'active' AND pid <> pg_backend_pid()`,
  );
  expect(sleepers?.count).toBe(0);
});

it('others need not wait long for rows of a process that was cut off in the middle of its transaction', async () => {
  const csv = await enter();
  await using proxy = await droppingProxy(postgres.url);
  const cut = await CsvStore.open(proxy.url);
  let tries = 0;
  const inside = Promise.withResolvers<void>();
  const left = cut.database.transaction(async (ask) => {
    await ask.rows('SELECT 1 FROM rowtrail.csv WHERE id = $1 FOR UPDATE', [csv.id]);
    inside.resolve();
    if (tries++ > 0) return 'again';
    // The answer never comes.
    proxy.cut();
    await ask.rows('SELECT 1');
    return 'at once';
  });
  await inside.promise;
  await store.ledger(csv).record(failure('1'));
  proxy.mend();
  expect(await left).toBe('again');
  await cut.close();
  await expectRecordedOnce(csv, ['1']);
});

it('a commit that a crash undid is not taken for one of another transaction with the same number', async () => {
  // What is not committed is written down late, so that the server forgets the numbers it gave.
  const forgetful = await startPostgres(['fsync=off', 'wal_writer_delay=10000ms', 'bgwriter_delay=10000ms']);
  const others = await CsvStore.open(forgetful.url);
  const csv = await others.enter({ key: randomUUID(), name: 'people.csv', place: 'here' });
  await using proxy = await droppingProxy(forgetful.url);
  const cut = await CsvStore.open(proxy.url);
  const ledger = cut.ledger(csv);
  await ledger.record(failure('before'));
  proxy.cutAtCommit();
  const recorded = ledger.record(failure('in doubt'));
  await expect.poll(proxy.isCut, { timeout: 20_000 }).toBe(true);
  await forgetful.stop();
  await forgetful.start();
  const theirs = others.ledger(csv);
  for (let n = 0; n < 20; n++) await theirs.record(failure(`other ${n}`));
  proxy.mend();
  await recorded;
  expect((await theirs.row('in doubt'))?.downloads.youtube?.attempts).toBe(1);
  await cut.close();
  await others.close();
});

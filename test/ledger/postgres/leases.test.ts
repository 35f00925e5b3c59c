import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { CsvStore, type Alongside, type SharedLedger, type StoredCsv } from '../../../src/ledger/index.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { attempt, COMPLETED, failed, ROW } from '../fixtures.ts';

let postgres: TestPostgres;
let store: CsvStore;

beforeAll(async () => {
  postgres = await startPostgres();
  store = await CsvStore.open(postgres.url);
});
afterAll(() => store.close());

const enter = () => store.enter({ key: randomUUID(), name: 'people.csv', place: 'here' });
const LINK = 'https://youtu.be/abcdefghijk';
const download = (rowId: string) =>
  ({ row: { ...ROW, rowId }, downloadType: 'youtube', link: LINK }) as const;

/** The ledger of a CSV as a worker of this name has it. */
function ledgerOf(csv: StoredCsv, holder: string, milliseconds = 60_000): SharedLedger {
  const ledger = store.ledger(csv, { holder, milliseconds });
  onTestFinished(() => ledger.close());
  return ledger;
}

async function ask<Row>(text: string): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    return (await client.query(text)).rows as readonly Row[];
  } finally {
    await client.end();
  }
}

/** As if nothing had been heard of the holders of this CSV's downloads for a long time. */
const expire = ({ id }: StoredCsv) =>
  ask(`UPDATE rowtrail.download SET lease_until = clock_timestamp() - interval '1 s' WHERE csv_id = ${id}`);

const stateOf = async (ledger: SharedLedger, rowId: string) => (await ledger.row(rowId))?.downloads.youtube;

it('recover takes what an earlier holder of its name left and what expired, and nothing that another one works on', async () => {
  const csv = await enter();
  const [one, other] = [ledgerOf(csv, 'one'), ledgerOf(csv, 'other')];
  await one.begin(download('1'), 'run');
  await other.begin(download('2'), 'run');
  const again = ledgerOf(csv, 'one');
  expect(await again.recover()).toBe(1);
  expect(await stateOf(again, '1')).toMatchObject({ status: 'pending', lease: 2 });
  expect(await stateOf(again, '2')).toMatchObject({ status: 'downloading', lease: 1 });
  await other.begin(download('3'), 'run');
  await ask(
    `UPDATE rowtrail.download SET lease_until = clock_timestamp() - interval '1 s' WHERE csv_id = ${csv.id} AND row_id = '3'`,
  );
  expect(await again.recover()).toBe(1);
  expect((await stateOf(again, '2'))?.status).toBe('downloading');
  expect((await stateOf(again, '3'))?.status).toBe('pending');
});

it('a download that was begun before there were leases counts as left', async () => {
  const csv = await enter();
  await ledgerOf(csv, 'one').begin(download('1'), 'run');
  await ask(`UPDATE rowtrail.download SET lease_until = NULL, holder = NULL WHERE csv_id = ${csv.id}`);
  expect(await ledgerOf(csv, 'other').recover()).toBe(1);
});

it('a holder that lives prolongs its leases, by the clock of the server, until they end', async () => {
  const csv = await enter();
  const ledger = ledgerOf(csv, 'one', 3000);
  const begun = await ledger.begin(download('1'), 'run');
  const until = async () => {
    const [row] = await ask<{ readonly until: string | null }>(
      `SELECT lease_until::text AS until FROM rowtrail.download WHERE csv_id = ${csv.id}`,
    );
    return row?.until ?? '';
  };
  const first = await until();
  await expect.poll(until, { timeout: 30_000, interval: 100 }).not.toBe(first);
  // Nobody heard of it for a while, and nobody took it: it goes on.
  await expire(csv);
  const expired = await until();
  await expect.poll(until, { timeout: 30_000, interval: 100 }).not.toBe(expired);
  expect(await ledgerOf(csv, 'other').recover()).toBe(0);
  await ledger.record({ ...attempt({ row: { ...ROW, rowId: '1' } }), lease: begun.lease });
  expect(await until()).toBe('');
});

it('a result of a lease that was given away since goes into the history, and the newer one stays', async () => {
  const csv = await enter();
  const [paused, next] = [ledgerOf(csv, 'paused'), ledgerOf(csv, 'next')];
  const old = await paused.begin(download('1'), 'run');
  await expire(csv);
  expect(await next.recover()).toBe(1);
  const begun = await next.begin(download('1'), 'run');
  expect(begun.lease).toBeGreaterThan(old.lease);
  const base = { ...attempt({ row: { ...ROW, rowId: '1' } }), link: LINK, generation: begun.generation };
  await next.record({ ...base, lease: begun.lease, outcome: COMPLETED });
  await paused.record({ ...base, lease: old.lease, items: [], outcome: failed('timeout') });
  expect(await stateOf(next, '1')).toMatchObject({ status: 'completed', attempts: 0, cause: null });
  expect((await next.attemptsOf('1'))[0]?.attempts.map(({ status }) => status)).toEqual([
    'completed',
    'failed',
  ]);
});

it('what is refused alongside a result takes that result with it, and no other of its transaction', async () => {
  const csv = await enter();
  const ledger = ledgerOf(csv, 'one');
  await ask('CREATE TABLE IF NOT EXISTS public.done (row_id text)');
  const together: number[] = [];
  const kind: Alongside<string>['kind'] = async (asking, rowIds) => {
    together.push(rowIds.length);
    const kept = rowIds.filter((rowId) => rowId !== '2');
    await asking.change('INSERT INTO public.done SELECT unnest($1::text[])', [kept]);
    return new Map(rowIds.filter((rowId) => rowId === '2').map((rowId) => [rowId, new Error('lost')]));
  };
  const rowIds = ['1', '2', '3'];
  const results = await Promise.allSettled(
    rowIds.map((rowId) => ledger.record(attempt({ row: { ...ROW, rowId } }), { kind, part: rowId })),
  );
  expect(together).toEqual([3]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await stateOf(ledger, '2')).toBeUndefined();
  expect((await stateOf(ledger, '3'))?.status).toBe('completed');
  expect(await ask('SELECT row_id FROM public.done ORDER BY row_id')).toEqual([
    { row_id: '1' },
    { row_id: '3' },
  ]);
});

it('what is done alongside is undone with a transaction that fails, and done again with the others alone', async () => {
  const csv = await enter();
  const ledger = ledgerOf(csv, 'one');
  await ask('CREATE TABLE IF NOT EXISTS public.once (row_id text PRIMARY KEY)');
  const kind: Alongside<string>['kind'] = async (asking, rowIds) => {
    await asking.change('INSERT INTO public.once SELECT unnest($1::text[])', [rowIds]);
    if (rowIds.includes('2')) throw new Error('a fault of its own');
    return new Map();
  };
  const results = await Promise.allSettled(
    ['1', '2', '3'].map((rowId) => ledger.record(attempt({ row: { ...ROW, rowId } }), { kind, part: rowId })),
  );
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await ask('SELECT row_id FROM public.once ORDER BY row_id')).toEqual([
    { row_id: '1' },
    { row_id: '3' },
  ]);
  expect(await stateOf(ledger, '2')).toBeUndefined();
});

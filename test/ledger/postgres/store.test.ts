import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CsvStore, type Ledger } from '../../../src/ledger/index.ts';
import { fromStored, toStored, toStoredJson } from '../../../src/ledger/postgres/safe-text.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { attempt, failed, item, ROW } from '../fixtures.ts';

let postgres: TestPostgres;
let store: CsvStore;

beforeAll(async () => {
  postgres = await startPostgres();
  // Two at the same time, on a database that is empty.
  const [first, second] = await Promise.all([CsvStore.open(postgres.url), CsvStore.open(postgres.url)]);
  await second.close();
  store = first;
});
afterAll(() => store.close());

const enter = (name = 'people.csv') => store.enter({ key: randomUUID(), name, place: 'here' });

async function query(text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    return (await client.query(text)).rows as readonly Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

it('keeps two CSVs with the same row_ids apart, in everything', async () => {
  const [one, other] = [store.ledger(await enter()), store.ledger(await enter())];
  await one.record(attempt());
  await other.record(attempt({ items: [], outcome: failed('timeout') }));
  await one.markProjected([], 'mark of one', { before: 'a', after: 'b', change: 'c' });
  expect((await one.row('007'))?.downloads.youtube?.status).toBe('completed');
  expect((await other.row('007'))?.downloads.youtube?.status).toBe('failed');
  expect([await one.csvMark(), await other.csvMark()]).toEqual(['mark of one', null]);
  expect(await other.stepsFrom('a')).toEqual([]);
  expect(await other.filesNamed('aaaaaaaaaaa.mp4')).toEqual([]);
  expect((await other.totals()).youtube.files).toBe(0);
  expect((await one.attemptsSince(null)).youtube).toMatchObject({ attempts: 1, failed: 0 });
  await one.forgetRow('007');
  expect(await one.placesOf(['007'])).toEqual([]);
  expect((await other.attemptsOf('007'))[0]?.attempts).toHaveLength(1);
  for (const ledger of [one, other]) await ledger.close();
});

it('knows a CSV again by its key, whatever it is called now', async () => {
  const csv = await enter('before.csv');
  expect(await store.enter({ ...csv, name: 'after.csv', place: 'there' })).toMatchObject({ id: csv.id });
  expect(await store.find(csv.key)).toMatchObject({ name: 'after.csv', place: 'there' });
  expect(await store.find(randomUUID())).toBeNull();
  expect((await store.named('after.csv')).map(({ key }) => key)).toEqual([csv.key]);
});

it('loses nothing where several processes record at once, and those who follow along miss nothing', async () => {
  const csv = await enter();
  const stores = await Promise.all([1, 2, 3].map(() => CsvStore.open(postgres.url)));
  const ledgers = stores.map((each) => each.ledger(csv));
  const rowIds = Array.from({ length: 400 }, (_, n) => String(n));
  const reader = store.ledger(csv);
  const seen = new Map<string, number>();
  let isOver = false;
  const follow = async () => {
    for (let from = 0; ;) {
      const wasOver = isOver;
      const page = await reader.changesAfter(from, 100);
      for (const rowId of page.rowIds) seen.set(rowId, (seen.get(rowId) ?? 0) + 1);
      if (wasOver && page.upTo === from) return;
      from = page.upTo;
    }
  };
  const following = follow();
  await Promise.all(
    ledgers.map((ledger, n) =>
      Promise.all(
        // Each in another order: they meet at the same rows all the time.
        (n === 1 ? rowIds.toReversed() : rowIds).map((rowId) =>
          ledger.record(attempt({ row: { ...ROW, rowId }, items: [], outcome: failed('timeout') })),
        ),
      ),
    ),
  );
  isOver = true;
  await following;
  expect(seen.size).toBe(rowIds.length);
  for (const rowId of rowIds) expect((await reader.row(rowId))?.downloads.youtube?.attempts).toBe(3);
  expect((await reader.attemptsSince(null)).youtube.failed).toBe(3 * rowIds.length);
  for (const each of stores) await each.close();
});

it('lets only one process at a time do what one may do, until it releases or ends', async () => {
  const [csv, another] = [await enter(), await enter()];
  const other = await CsvStore.open(postgres.url);
  const held = await store.tryLock(csv, 'write');
  expect(held).not.toBeNull();
  expect(await other.tryLock(csv, 'write')).toBeNull();
  expect(await other.tryLock(csv, 'run')).not.toBeNull();
  expect(await other.tryLock(another, 'write')).not.toBeNull();
  await held?.release();
  expect(await other.tryLock(csv, 'write')).not.toBeNull();
  await other.close();
  const again = await store.tryLock(csv, 'write');
  expect(again).not.toBeNull();
  await again?.release();
});

it('fills a ledger that knows nothing in one step, and leaves one that knows something as it is', async () => {
  const csv = await enter();
  const ledger = store.ledger(csv);
  const fill = async (fresh: Ledger) => {
    await fresh.record(attempt({ row: { ...ROW, rowId: 'made anew' } }));
    expect(await ledger.row('made anew')).toBeNull();
  };
  await expect(store.rebuild(csv, () => Promise.reject(new Error('killed')))).rejects.toThrow('killed');
  expect(await store.rebuild(csv, fill)).toBe(true);
  expect((await ledger.row('made anew'))?.downloads.youtube).toMatchObject({ files: ['aaaaaaaaaaa.mp4'] });
  expect((await ledger.totals()).youtube.files).toBe(1);
  await ledger.record(attempt({ items: [item('bbbbbbbbbbb', 0)] }));
  expect(await ledger.itemsAfter(0, 10)).toHaveLength(2);
  expect(await store.rebuild(csv, (fresh) => fresh.adopt([]))).toBe(false);
  expect(await query(`SELECT * FROM rowtrail.csv WHERE place = 'beside ${csv.id}'`)).toEqual([]);
});

it('refuses a store of a newer format with a sentence, and changes nothing there', async () => {
  await query('INSERT INTO rowtrail.schema_step (number) VALUES (999)');
  await expect(CsvStore.open(postgres.url)).rejects.toMatchObject({
    code: 'ledger_newer',
    message: expect.stringContaining('format 999') as string,
  });
  await query('DELETE FROM rowtrail.schema_step WHERE number = 999');
});

it.each([
  ['nonsense', 'usage', /address of a PostgreSQL database/],
  ['https://user:secret@example.org/', 'usage', /address of a PostgreSQL database/],
  ['postgres://user:secret@127.0.0.1:1/people', 'store_unreachable', /127\.0\.0\.1:1\/people.*ECONNREFUSED/],
  ['postgres://user:secret@no.such.host.invalid/people', 'store_unreachable', /no\.such\.host\.invalid/],
])('says of the address %s what is wrong with it, and never the password', async (url, code, words) => {
  const error: unknown = await CsvStore.open(url).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code, message: expect.stringMatching(words) as string });
  expect(String(error instanceof Error ? error.message : error)).not.toContain('secret');
});

it('says that there is no such database, or user', async () => {
  const wrong = (change: (url: URL) => void) => {
    const url = new URL(postgres.url);
    change(url);
    return CsvStore.open(url.href);
  };
  await expect(wrong((url) => (url.pathname = '/nobody'))).rejects.toThrow(
    'there is no such database (3D000)',
  );
  await expect(wrong((url) => (url.username = 'nobody'))).rejects.toThrow(/28000/);
});

it('stores every text and gives it back, whatever it holds', async () => {
  const texts = ['\0', '\u001a', '\u001a0', '\u00001', '\\u0000', '\u{1F600}', '"\\', '\u001a\0\u001a1'];
  for (const text of texts) expect(fromStored(toStored(text))).toBe(text);
  expect(new Set(texts.map(toStored)).size).toBe(texts.length);
  expect(JSON.parse(toStoredJson({ half: '\ud800' }))).toEqual({ half: '\ufffd' });
  const ledger = store.ledger(await enter());
  await Promise.all(texts.map((rowId) => ledger.record(attempt({ row: { ...ROW, rowId, name: rowId } }))));
  for (const rowId of texts) expect((await ledger.row(rowId))?.name).toBe(rowId);
  await ledger.close();
});

it('rejects calls after it was closed', async () => {
  const ledger = store.ledger(await enter());
  await ledger.record(attempt());
  await ledger.close();
  await expect(ledger.record(attempt())).rejects.toThrow('closed');
});

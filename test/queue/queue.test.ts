import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { CsvStore, type Store } from '../../src/ledger/index.ts';
import {
  completionBy,
  holding,
  JobLostError,
  openQueue,
  type Queue,
  type TakenJob,
} from '../../src/queue/index.ts';
import { attempt, ROW } from '../ledger/fixtures.ts';
import { startPostgres } from '../support/postgres.ts';
import { job, jobs } from './fixtures.ts';

let store: CsvStore;
let connections: Store;
let queue: Queue;
let other: Queue;

beforeAll(async () => {
  store = await CsvStore.open((await startPostgres()).url);
  connections = store.connections;
});
beforeEach(async () => {
  [queue, other] = await Promise.all([openQueue(connections), openQueue(connections)]);
});
afterEach(async () => {
  await Promise.all([queue.close(), other.close()]);
  await connections.change('TRUNCATE rowtrail_queue.job');
});
afterAll(() => store.close());

const complete = (taken: readonly TakenJob[]) =>
  connections.transaction((ask) => queue.completeIn(ask, taken));
const rowIds = (taken: readonly TakenJob[]) => taken.map(({ row }) => row.rowId).toSorted();

it('hands a job out as it was put in, whatever characters it has', async () => {
  const given = job('00\0\u001a7\u{1F600}', {
    link: 'https://youtu.be/a?b="\'\\\u0000',
    item: 'video:1',
    options: { resolution: 720, transcriptOnly: false, tags: ['\0', null] },
  });
  expect(await queue.enqueue([given])).toBe(1);
  const [taken] = await other.take('drive', 5);
  expect(taken).toEqual({ ...given, id: expect.any(String), retryCount: 0, leaseSeconds: 60 });
});

it('never hands one job to two takers', async () => {
  const given = jobs(400);
  await queue.enqueue(given);
  const taken: TakenJob[] = [];
  const takeAll = async (from: Queue, most: number) => {
    for (let some = await from.take('drive', most); some.length > 0; some = await from.take('drive', most))
      taken.push(...some);
  };
  await Promise.all([takeAll(queue, 7), takeAll(other, 13), takeAll(queue, 1), takeAll(other, 50)]);
  expect(rowIds(taken)).toEqual(given.map(({ row }) => row.rowId).toSorted());
});

it('keeps download types apart, and takes those first that wait longest', async () => {
  const csv = randomUUID();
  await queue.enqueue([job('y', { csv, downloadType: 'youtube' })]);
  for (const rowId of ['1', '2', '3']) await queue.enqueue([job(rowId, { csv })]);
  expect(rowIds(await queue.take('drive', 2))).toEqual(['1', '2']);
  expect(rowIds(await queue.take('drive', 2))).toEqual(['3']);
  expect(rowIds(await queue.take('youtube', 2))).toEqual(['y']);
});

it('has each job once, however often and by whomever it is added at the same time', async () => {
  const given = jobs(300);
  const added = await Promise.all([
    queue.enqueue(given),
    other.enqueue(given.toReversed()),
    queue.enqueue([...given, ...given]),
  ]);
  expect(added.reduce((sum, each) => sum + each)).toBe(300);
  const taken = await queue.take('drive', 500);
  expect(taken).toHaveLength(300);
  // Worked on, it is still not added again; another CSV, type or item is another job.
  expect(await other.enqueue(given)).toBe(0);
  const [{ csv, row } = job('none')] = given;
  expect(
    await other.enqueue([
      job(row.rowId),
      job(row.rowId, { csv, downloadType: 'youtube' }),
      job(row.rowId, { csv, item: 'video:1' }),
    ]),
  ).toBe(3);
});

it('takes row_ids of any length, and tells those apart that begin alike', async () => {
  const csv = randomUUID();
  const long = 'x'.repeat(100_000);
  expect(await queue.enqueue([job(`${long}a`, { csv }), job(`${long}b`, { csv })])).toBe(2);
  expect(await queue.enqueue([job(`${long}a`, { csv })])).toBe(0);
  expect(await queue.counts(csv)).toMatchObject({ waiting: 2 });
});

it('completes within the transaction of the caller, and only with it', async () => {
  await queue.enqueue(jobs(3));
  const taken = await queue.take('drive', 3);
  const failing = connections.transaction(async (ask) => {
    await queue.completeIn(ask, taken);
    throw new JobLostError(['another']);
  });
  await expect(failing).rejects.toThrow(JobLostError);
  expect(await queue.counts()).toMatchObject({ active: 3 });
  await complete(taken);
  expect(await queue.counts()).toEqual({ waiting: 0, delayed: 0, active: 0, dead: 0, nextInSeconds: null });
});

it('adds the next attempt in the transaction that completes this one', async () => {
  await queue.enqueue(jobs(1));
  const [taken] = await queue.take('drive', 1);
  if (taken === undefined) throw new Error('nothing was taken');
  const { id, retryCount, leaseSeconds, ...again } = taken;
  expect(
    await connections.transaction(async (ask) => {
      await queue.completeIn(ask, [taken]);
      return queue.enqueueIn(ask, [again], { startAfter: 3600 });
    }),
  ).toBe(1);
  expect(await queue.take('drive', 1)).toEqual([]);
  const counts = await queue.counts(taken.csv);
  expect(counts).toMatchObject({ waiting: 0, delayed: 1, active: 0 });
  expect(counts.nextInSeconds).toBeGreaterThan(3500);
  expect(counts.nextInSeconds).toBeLessThanOrEqual(3600);
  expect([id.length, retryCount, leaseSeconds]).toEqual([36, 0, 60]);
});

it('completes once: the second time rolls back what the caller wrote', async () => {
  await connections.change('CREATE TABLE IF NOT EXISTS written (what text)');
  await queue.enqueue(jobs(2));
  const taken = await queue.take('drive', 2);
  const write = (what: string) =>
    connections.transaction(async (ask) => {
      await ask.change('INSERT INTO written VALUES ($1)', [what]);
      await queue.completeIn(ask, taken);
    });
  await write('first');
  const second = await write('second').catch((error: unknown) => error);
  expect(second).toBeInstanceOf(JobLostError);
  expect(second).toMatchObject({ jobIds: taken.map(({ id }) => id) });
  expect(await connections.rows('SELECT what FROM written')).toEqual([{ what: 'first' }]);
});

it('gives back at once and without a try, and only what is still the taker’s', async () => {
  await queue.enqueue(jobs(2));
  const taken = await queue.take('drive', 2);
  await queue.giveBack(taken);
  await queue.giveBack(taken);
  const again = await other.take('drive', 2);
  expect(again.map(({ retryCount }) => retryCount)).toEqual([0, 0]);
  await complete(again.slice(0, 1));
  await other.giveBack(again);
  expect(await queue.counts()).toMatchObject({ waiting: 1, active: 0 });
});

it('counts one CSV apart from the others', async () => {
  const mine = jobs(3);
  await queue.enqueue(mine);
  await queue.enqueue(jobs(4), { startAfter: 60 });
  await queue.take('drive', 2);
  expect(await queue.counts(mine[0]?.csv)).toEqual({
    waiting: 1,
    delayed: 0,
    active: 2,
    dead: 0,
    nextInSeconds: null,
  });
  expect(await queue.counts()).toMatchObject({ waiting: 1, delayed: 4, active: 2 });
});

it("a CSV's run takes that CSV's jobs only, and a later run has at once what it left behind, as a taking of its own", async () => {
  const [mine] = jobs(1);
  if (mine === undefined) throw new Error('there is one');
  const { csv } = mine;
  await queue.enqueue([...jobs(3), mine, job('9', { csv, downloadType: 'youtube' })]);
  const [taken, ...more] = await queue.take('drive', 5, csv);
  if (taken === undefined) throw new Error('it is there');
  expect([taken, more]).toEqual([{ ...mine, id: expect.any(String), retryCount: 0, leaseSeconds: 60 }, []]);
  expect(await other.take('drive', 5, csv)).toEqual([]);
  const workers = await other.take('drive', 5);
  expect(workers).toHaveLength(3);
  await other.releaseOfRun(csv);
  for (const each of workers) await other.releaseOfRun(each.csv);
  expect((await other.touch(workers)).length).toBe(0);
  const [again] = await other.take('drive', 5, csv);
  expect(again).toMatchObject({ id: taken.id, retryCount: 1 });
  await expect(complete([taken])).rejects.toThrow(JobLostError);
  if (again !== undefined) await complete([again]);
});

it('what a run gave back, and a worker has now, is not released by the next run', async () => {
  const [mine] = jobs(1);
  if (mine === undefined) throw new Error('there is one');
  await queue.enqueue([mine]);
  await queue.giveBack(await queue.take('drive', 1, mine.csv));
  const workers = await other.take('drive', 1);
  await queue.releaseOfRun(mine.csv);
  expect(await other.touch(workers)).toEqual([]);
  await complete(workers);
});

it('withdraws what nobody works on, and counts by type', async () => {
  const given = jobs(4);
  const csv = given[0]?.csv ?? '';
  await queue.enqueue([...given, job('9', { csv, downloadType: 'youtube' }), ...jobs(2)]);
  const taken = await queue.take('drive', 1, csv);
  expect(await queue.counts(csv, 'drive')).toMatchObject({ waiting: 3, active: 1 });
  expect(await queue.counts(csv, 'youtube')).toMatchObject({ waiting: 1, active: 0 });
  expect(await queue.withdraw(csv)).toBe(4);
  expect(await queue.counts(csv)).toMatchObject({ waiting: 0, active: 1 });
  expect(await queue.counts()).toMatchObject({ waiting: 2, active: 1 });
  await complete(taken);
});

it('records what is still held with what was lost left out, in one transaction', async () => {
  const csv = await store.enter({ key: randomUUID(), name: 'people.csv', place: 'here' });
  const ledger = store.ledger(csv);
  await queue.enqueue(jobs(3, { csv: csv.key }));
  const taken = await queue.take('drive', 3);
  await queue.giveBack(taken.slice(0, 1));
  const kind = completionBy(queue);
  const settled = await Promise.allSettled(
    taken.map((part) =>
      ledger.record(attempt({ row: { ...ROW, rowId: part.row.rowId }, downloadType: 'drive', items: [] }), {
        kind,
        part,
      }),
    ),
  );
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(settled[0]).toMatchObject({ reason: { name: 'JobLostError', jobIds: [taken[0]?.id] } });
  expect(await ledger.row(taken[0]?.row.rowId ?? '')).toBeNull();
  expect((await ledger.row(taken[1]?.row.rowId ?? ''))?.downloads.drive?.status).toBe('completed');
  expect(await queue.counts(csv.key)).toMatchObject({ waiting: 1, active: 0 });
  await ledger.close();
});

it('begins a download only for whoever still has its job: what another completed meanwhile stays so', async () => {
  const csv = await store.enter({ key: randomUUID(), name: 'people.csv', place: 'here' });
  const ledger = store.ledger(csv);
  await queue.enqueue(jobs(2, { csv: csv.key }));
  const late = await queue.take('drive', 2);
  // Another one gets the first of them, as it would once the lease has ended.
  await queue.giveBack(late.slice(0, 1));
  const [again] = await queue.take('drive', 1);
  if (again === undefined) throw new Error('one was given back');
  await connections.change(`UPDATE rowtrail_queue.job SET retry_count = 1 WHERE id = '${again.id}'`);
  const now = { ...again, retryCount: 1 };
  const begin = (part: TakenJob) =>
    ledger.begin({ row: { ...ROW, rowId: part.row.rowId }, downloadType: 'drive', link: part.link }, 'run', {
      kind: holding,
      part,
    });
  const begun = await begin(now);
  const both = await Promise.allSettled(late.map(begin));
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(both[0]).toMatchObject({ reason: { name: 'JobLostError', jobIds: [again.id] } });
  const { rowId, downloadType, generation, lease } = begun;
  const kind = completionBy(queue);
  const record = { row: { ...ROW, rowId }, downloadType, generation, lease, items: [] };
  expect(await ledger.record(attempt(record), { kind, part: now })).toMatchObject({ status: 'completed' });
  await expect(begin(late[0] as TakenJob)).rejects.toThrow(JobLostError);
  expect((await ledger.row(rowId))?.downloads.drive).toMatchObject({ status: 'completed', lease });
  await complete(late.slice(1));
  await ledger.close();
});

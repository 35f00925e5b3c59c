import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { CsvStore, type StoredCsv } from '../../../src/ledger/index.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { attempt, failed, ROW } from '../fixtures.ts';

const RECORDER = fileURLToPath(new URL('record-until-killed.ts', import.meta.url));
let postgres: TestPostgres;
let store: CsvStore;

beforeAll(async () => {
  postgres = await startPostgres();
  store = await CsvStore.open(postgres.url);
});
afterAll(() => store.close());

const enter = () => store.enter({ key: randomUUID(), name: 'people.csv', place: 'here' });
const failure = (rowId: string) => attempt({ row: { ...ROW, rowId }, items: [], outcome: failed('timeout') });

/** Every row of these was recorded so often, in its state and in its history. */
async function expectRecorded(csv: StoredCsv, rowIds: readonly string[], times: number): Promise<void> {
  const ledger = store.ledger(csv);
  for (const rowId of rowIds) {
    expect((await ledger.row(rowId))?.downloads.youtube?.attempts).toBe(times);
    expect((await ledger.attemptsOf(rowId))[0]?.attempts.length).toBe(times);
  }
  expect((await ledger.attemptsSince(null)).youtube.failed).toBe(rowIds.length * times);
}

it('records everything once while PostgreSQL crashes and comes back', async () => {
  const csv = await enter();
  const ledger = store.ledger(csv);
  const rowIds = Array.from({ length: 3000 }, (_, n) => String(n));
  const lock = await store.tryLock(csv, 'run');
  let next = 0;
  const transfers = Array.from({ length: 50 }, async () => {
    for (let at = next++; at < rowIds.length; at = next++) await ledger.record(failure(String(at)));
  });
  for (let crash = 0; crash < 3; crash++) {
    const upTo = next + 300;
    while (next < Math.min(upTo, rowIds.length)) await sleep(5);
    await postgres.stop();
    await sleep(100);
    await postgres.start();
  }
  await Promise.all(transfers);
  await expectRecorded(csv, rowIds, 1);
  // The lock went with its connection; it is taken again without anybody asking.
  const other = await CsvStore.open(postgres.url);
  const isFree = async () => {
    const got = await other.tryLock(csv, 'run');
    await got?.release();
    return got !== null;
  };
  while (await isFree()) await sleep(50);
  await lock?.release();
  expect(await isFree()).toBe(true);
  await other.close();
});

it('records once where the answer to a commit is lost', async () => {
  const csv = await enter();
  const cutter = await proxyThatSwallowsCommits(postgres.url);
  const cut = await CsvStore.open(cutter.url);
  const ledger = cut.ledger(csv);
  cutter.swallow(2);
  await ledger.record(failure('1'));
  await ledger.record(failure('2'));
  await ledger.record(failure('3'));
  expect(cutter.swallowed()).toBe(2);
  await cut.close();
  await expectRecorded(csv, ['1', '2', '3'], 1);
});

it('ends with a sentence when the store stays away, and what was recorded is there afterwards', async () => {
  const csv = await enter();
  const impatient = await CsvStore.open(postgres.url, { patience: 1 });
  const ledger = impatient.ledger(csv);
  await ledger.record(failure('1'));
  await postgres.stop();
  const settled = await Promise.allSettled([
    ledger.record(failure('2')),
    ledger.record(failure('3')),
    ledger.row('1'),
  ]);
  for (const each of settled)
    expect(each).toMatchObject({
      status: 'rejected',
      reason: { code: 'store_unreachable', message: expect.stringContaining('what was recorded is kept') },
    });
  await postgres.start();
  await ledger.record(failure('2'));
  await impatient.close();
  await expectRecorded(csv, ['1', '2'], 1);
});

it('keeps every acknowledged result over kill -9 of who records', async () => {
  const csv = await enter();
  const acknowledged: string[] = [];
  for (let round = 0; round < 3; round++) {
    const child = spawn(process.execPath, [RECORDER, postgres.url, csv.key, String(round)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    // Five at least, also where a disk is slow.
    while (text.split('\n').length <= 5 && child.exitCode === null && child.signalCode === null)
      await sleep(1);
    await sleep(20 + round * 37);
    child.kill('SIGKILL');
    await once(child, 'close');
    acknowledged.push(...text.split('\n').slice(0, -1));
  }
  expect(acknowledged.length).toBeGreaterThan(10);
  const ledger = store.ledger(csv);
  for (const rowId of acknowledged)
    expect((await ledger.row(rowId))?.downloads.youtube?.status).toBe('completed');
});

/** Passes everything on, but ends the connection instead of passing on the answer to a commit, as often as it is told to. */
async function proxyThatSwallowsCommits(url: string) {
  let left = 0;
  let swallowed = 0;
  const { port: serverPort, hostname } = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(serverPort), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    let isCut = false;
    client.on('data', (data) => {
      if (left > 0 && data.includes('COMMIT\0')) {
        left--;
        swallowed++;
        isCut = true;
      }
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (isCut) client.destroy();
      else client.write(data);
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  const own = new URL(url);
  own.port = String(port);
  return { url: own.href, swallow: (times: number) => (left = times), swallowed: () => swallowed };
}

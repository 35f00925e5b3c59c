import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { listFailures, type RunEvent } from '../../src/index.ts';
import { startTestInternet } from '../support/internet.ts';
import { csvFile, HEADER, readCells } from '../tracker/fixtures.ts';
import { file, hurriedClock, workOn } from './fixtures.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
  for (let n = 1; n <= 10; n++)
    internet.drive.addFile({ id: `outage-file-${n}`, name: `${n}.txt`, body: 'words' });
});
afterAll(() => internet.close());

const tenRows = () =>
  csvFile([
    HEADER,
    ...Array.from({ length: 10 }, (_, at) => `${at + 1},A,a@x,T,,${file(`outage-file-${at + 1}`)},`),
  ]);

/** A way on which every connection ends at once. @returns its address */
async function deadWay(): Promise<string> {
  const server = createServer((socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A way to a proxy that can be cut and laid again; it begins cut. */
async function wayTo(proxyUrl: string) {
  const target = Number(new URL(proxyUrl).port);
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  const open = async (port: number): Promise<number> => {
    server = createServer((socket) => {
      const onward = connect(target, '127.0.0.1');
      sockets.add(socket);
      socket.on('error', () => onward.destroy());
      socket.on('close', () => onward.destroy());
      onward.on('error', () => socket.destroy());
      socket.pipe(onward).pipe(socket);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await open(0);
  const cut = async () => {
    const closing = server;
    server = null;
    if (closing === null) return;
    const closed = new Promise((resolve) => closing.close(resolve));
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await closed;
  };
  await cut();
  onTestFinished(cut);
  return { url: `http://127.0.0.1:${port}`, open: () => open(port), cut };
}

/** Whoever waits for a pause tries the host again, and finds it still out of reach: that is another one. */
const pauses = (events: readonly RunEvent[]) => events.filter(({ kind }) => kind === 'paused');

it('a network that is out from the beginning costs only the first rows an attempt, and the run does not wait for it', async () => {
  const csv = await tenRows();
  const clock = hurriedClock();
  const { summary, events } = await workOn(internet, csv, { proxy: await deadWay(), clock });
  const failures = await listFailures(csv);
  expect(failures.map(({ cause, attempts }) => `${cause} ${attempts}`)).toEqual([
    'connection_failed 1',
    'connection_failed 1',
  ]);
  const statuses = (await readCells(csv)).map((cells) => cells['drive_status']);
  expect(statuses.filter((status) => status === 'pending')).toHaveLength(8);
  expect(pauses(events)).toMatchObject([{ pause: { reason: 'unreachable', waits: false } }]);
  expect(summary.notes.join()).toContain('Google Drive is out of reach');
  expect(summary.complete).toBe(false);
});

it('a proxy that is not there costs no row an attempt, is not waited for and is named', async () => {
  const csv = await tenRows();
  const { url } = await wayTo(internet.proxyUrl);
  const clock = hurriedClock();
  const { summary, events } = await workOn(internet, csv, { proxy: url, clock });
  expect(await listFailures(csv)).toEqual([]);
  expect((await readCells(csv)).map((cells) => cells['drive_status'])).toEqual(Array(10).fill('pending'));
  expect(pauses(events)).toMatchObject([
    { pause: { reason: 'unreachable', cause: 'proxy_refused', waits: false } },
  ]);
  expect(summary.notes.join()).toContain(`The proxy ${new URL(url).host} cannot be reached`);
  expect(summary.complete).toBe(false);
});

it('a run whose network goes and comes back completes every row', async () => {
  const csv = await tenRows();
  const way = await wayTo(internet.proxyUrl);
  await way.open();
  let done = 0;
  let changes = Promise.resolve();
  const { summary, events } = await workOn(internet, csv, {
    proxy: way.url,
    clock: hurriedClock(),
    concurrency: 1,
    onEvent: ({ kind }) => {
      if (kind === 'completed' && ++done === 1) changes = changes.then(way.cut);
      if (kind === 'paused') changes = changes.then(async () => void (await way.open()));
    },
  });
  await changes;
  expect(pauses(events)).toMatchObject([{ pause: { reason: 'unreachable', waits: true } }]);
  expect(summary).toMatchObject({ complete: true, drive: { completed: 10, failed: 0 } });
});

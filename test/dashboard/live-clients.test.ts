import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { LiveClients } from '../../src/dashboard/http/live-clients.ts';
import type { LiveEvent } from '../../src/dashboard/contract.ts';

const BEAT_MS = 20;
const SOON = { timeout: 20_000 };

interface Page {
  readonly socket: Socket;
  readonly said: () => string;
}

/** A server that tells its pages, with a clock of its own, and a way to open pages that take what they are sent, or do not. */
async function open() {
  const clock = { now: 0 };
  const clients = new LiveClients({ now: () => clock.now, heartbeatMs: BEAT_MS });
  const server = createServer((_, response) => clients.add(response, []));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    clients.close();
    server.close();
  });
  const page = async (isAwake: boolean): Promise<Page> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    let said = '';
    socket.on('error', () => {});
    const before = clients.count;
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await expect.poll(() => clients.count, SOON).toBe(before + 1);
    if (isAwake) socket.setEncoding('utf8').on('data', (text: string) => (said += text));
    else socket.pause();
    return { socket, said: () => said };
  };
  return { clients, clock, page };
}

const gone = (message: string): LiveEvent => ({ kind: 'gone', error: { cause: 'x', message, nextStep: '' } });

it('lets go of a page that has taken nothing for a minute, and disturbs nobody else meanwhile', async () => {
  const { clients, clock, page } = await open();
  const awake = await page(true);
  await page(false);
  await expect.poll(() => clients.count, SOON).toBe(2);
  // More than the system's buffers hold.
  const large = 'x'.repeat(1_000_000);
  for (let n = 0; n < 60; n++) {
    clients.tell(gone(`${n} ${large}`));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await expect.poll(() => awake.said().includes('"59 x'), SOON).toBe(true);
  clock.now += 59_000;
  await new Promise((resolve) => setTimeout(resolve, BEAT_MS * 5));
  expect(clients.count).toBe(2);
  clock.now += 2000;
  await expect.poll(() => clients.count, SOON).toBe(1);
  clients.tell(gone('still told'));
  await expect.poll(() => awake.said().includes('still told'), SOON).toBe(true);
});

it('tells a page that was slow the last of each kind once it reads again', async () => {
  const { clients, page } = await open();
  const { socket } = await page(false);
  for (let n = 0; n < 30; n++) clients.tell(gone(`${n} ${'y'.repeat(1_000_000)}`));
  clients.tell({ kind: 'rows', version: 7 });
  clients.tell(gone('the last'));
  let said = '';
  socket.setEncoding('utf8').on('data', (text: string) => (said += text));
  socket.resume();
  await expect.poll(() => said.includes('the last') && said.includes('"version":7'), SOON).toBe(true);
  expect(said).not.toContain('"29 y');
  expect(clients.count).toBe(1);
});

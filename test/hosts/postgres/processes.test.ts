import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { newDatabase } from '../../store/fixtures.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { askedServer } from './asked-server.ts';

const ASKER = fileURLToPath(new URL('asker.ts', import.meta.url));
const HOUR = 3_600_000;
const POLL = { timeout: 60_000, interval: 20 };

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});

interface Asker {
  readonly store: string;
  readonly server: string;
  readonly concurrency?: number;
  readonly pace?: number;
  readonly off?: number;
  readonly askers?: number;
}

/** A process that asks in turns, as on a machine of its own. */
function startAsker({ store, server, concurrency = 1000, pace = 0, off = 0, askers = 4 }: Asker) {
  const args = [ASKER, store, server, concurrency, pace, off, askers].map(String);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  const ended = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    child,
    said: () => text,
    stop: async () => {
      child.kill('SIGTERM');
      const [code] = (await ended) as [number | null];
      expect(code).toBe(0);
    },
  };
}

it('two processes have no more turns at once than the host has places, and each gets some', async () => {
  const store = await newDatabase(postgres, 'places');
  const server = await askedServer(15);
  const askers = [1, 2].map(() => startAsker({ store, server: server.url, concurrency: 3 }));
  await expect.poll(() => server.askers.size, POLL).toBe(2);
  server.forget();
  await expect.poll(() => server.asked.length, POLL).toBeGreaterThan(200);
  // Before they stop: the place of a request that is left is given on before the server sees its end.
  expect(server.most()).toBe(3);
  expect(server.askers.size).toBe(2);
  await Promise.all(askers.map(({ stop }) => stop()));
});

it('two processes keep one pace together, also where the clock of one is an hour ahead and that of the other an hour behind', async () => {
  const store = await newDatabase(postgres, 'pace');
  const server = await askedServer(1);
  const pace = 100;
  const askers = [HOUR, -HOUR].map((off) => startAsker({ store, server: server.url, pace, off }));
  await expect.poll(() => server.asked.length > 40 && server.askers.size === 2, POLL).toBe(true);
  await Promise.all(askers.map(({ stop }) => stop()));
  const { asked } = server;
  // A start may be late under load, never early. The first ones are late for certain: when the first turn began is told by the most
  // punctual of ten.
  const begun = Math.min(...asked.slice(0, 10).map((time, at) => time - at * pace));
  for (const [at, time] of asked.entries())
    expect(at).toBeLessThanOrEqual((time - begun + 1.5 * pace) / pace);
});

it('a pause that one process meets is kept by all, however wrong their clocks are, and ends when the host named', async () => {
  const store = await newDatabase(postgres, 'pauses');
  const server = await askedServer(1);
  const askers = [HOUR, -HOUR].map((off) => startAsker({ store, server: server.url, off, concurrency: 1 }));
  await expect.poll(() => server.asked.length, POLL).toBeGreaterThan(20);
  const refusedAt = performance.now();
  server.answerWith(429);
  await expect.poll(() => askers.some(({ said }) => said().includes('"paused"')), POLL).toBe(true);
  await sleep(500);
  server.answerWith(200);
  server.forget();
  await expect.poll(() => server.asked.length, { timeout: 120_000, interval: 20 }).toBeGreaterThan(2);
  // The pause lasts 62 s from the refusal on.
  expect((server.asked[0] ?? 0) - refusedAt).toBeGreaterThan(61_900);
  await expect.poll(() => askers.every(({ said }) => said().includes('"resumed"')), POLL).toBe(true);
  await Promise.all(askers.map(({ stop }) => stop()));
});

it('a process that is killed gives its places back', async () => {
  const store = await newDatabase(postgres, 'killed');
  const server = await askedServer(Infinity);
  const first = startAsker({ store, server: server.url, concurrency: 2 });
  await expect.poll(server.now, POLL).toBe(2);
  const second = startAsker({ store, server: server.url, concurrency: 2 });
  await expect.poll(second.said, POLL).toContain('ready');
  await sleep(500);
  expect(server.asked).toHaveLength(2);
  first.child.kill('SIGKILL');
  await expect.poll(() => server.asked.length, POLL).toBe(4);
  expect(server.most()).toBe(2);
  await second.stop();
});

it('a process that is stopped keeps its places for 30 s; when it comes back it ends what it fetched there, and waits', async () => {
  const store = await newDatabase(postgres, 'stopped');
  const server = await askedServer(Infinity);
  const first = startAsker({ store, server: server.url, concurrency: 2, askers: 2 });
  await expect.poll(server.now, POLL).toBe(2);
  const second = startAsker({ store, server: server.url, concurrency: 2, askers: 2 });
  await expect.poll(second.said, POLL).toContain('ready');
  first.child.kill('SIGSTOP');
  const stoppedAt = performance.now();
  await expect.poll(() => server.asked.length, POLL).toBe(4);
  expect(performance.now() - stoppedAt).toBeGreaterThan(25_000);
  first.child.kill('SIGCONT');
  await expect.poll(server.now, POLL).toBe(2);
  await expect.poll(first.said, POLL).toContain('lost');
  // The places are the second one's now: the first one asks for nothing more.
  await sleep(3000);
  expect(server.asked).toHaveLength(4);
  expect(server.now()).toBe(2);
  await second.stop();
  await expect.poll(() => server.asked.length, POLL).toBe(6);
  await first.stop();
});

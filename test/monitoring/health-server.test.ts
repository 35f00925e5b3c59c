import { expect, it } from 'vitest';
import { serveHealth } from '../../src/monitoring/index.ts';

const ask = async (port: number, path: string, method = 'GET') => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  return [response.status, await response.text()];
};

it('says that it is alive, and whether it is ready, and why not', async () => {
  let reason: string | null = null;
  await using health = await serveHealth({ port: 0, notReady: () => Promise.resolve(reason) });
  expect(await ask(health.port, '/healthz')).toEqual([200, 'ok\n']);
  expect(await ask(health.port, '/readyz?verbose')).toEqual([200, 'ready\n']);
  reason = 'it drains';
  expect(await ask(health.port, '/readyz')).toEqual([503, 'it drains\n']);
  expect(await ask(health.port, '/readyz', 'HEAD')).toEqual([503, '']);
  expect(await ask(health.port, '/healthz')).toEqual([200, 'ok\n']);
  expect((await ask(health.port, '/'))[0]).toBe(404);
});

it('is not ready when nobody can tell, in one line', async () => {
  await using health = await serveHealth({
    port: 0,
    notReady: () => Promise.reject(new Error('the store\nis away')),
  });
  expect(await ask(health.port, '/readyz')).toEqual([503, 'the store is away\n']);
});

it('says that its port is taken', async () => {
  const notReady = () => Promise.resolve(null);
  await using first = await serveHealth({ port: 0, notReady });
  await expect(serveHealth({ port: first.port, notReady })).rejects.toThrow(
    `127.0.0.1:${first.port}: another program listens there`,
  );
});

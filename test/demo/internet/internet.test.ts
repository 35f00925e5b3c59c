import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { request } from 'undici';
import { expect, test } from 'vitest';
import { agentFor, startTestInternet } from '../../support/internet.ts';

const run = promisify(execFile);

test('a host that nobody serves is refused with 502, on record, and never contacted', async () => {
  await using internet = await startTestInternet();
  const dispatcher = agentFor(internet);
  await expect(request('https://example.com/secret', { dispatcher })).rejects.toThrow('502');
  expect(internet.requests).toEqual([
    expect.objectContaining({ method: 'CONNECT', host: 'example.com', path: 'example.com:443' }),
  ]);
  await dispatcher.close();
});

test('each request is on record with its host, path, query and headers', async () => {
  await using internet = await startTestInternet();
  const dispatcher = agentFor(internet);
  const { body } = await request('https://drive.google.com/open?id=abc', {
    dispatcher,
    headers: { 'x-test': '1' },
  });
  await body.dump();
  const [seen] = internet.requests;
  expect(seen).toMatchObject({
    method: 'GET',
    host: 'drive.google.com',
    path: '/open',
    headers: { 'x-test': '1' },
  });
  expect(seen?.query.get('id')).toBe('abc');
  expect(seen?.at).toBeCloseTo(Date.now(), -4);
  await dispatcher.close();
});

test('a client that does not trust its CA refuses it', async () => {
  await using internet = await startTestInternet();
  await using other = await startTestInternet();
  const dispatcher = agentFor({ ...internet, caCertFile: other.caCertFile });
  await expect(request('https://drive.google.com/', { dispatcher })).rejects.toThrow('certificate');
  expect(internet.requests).toEqual([]);
  await dispatcher.close();
});

test('the key of the CA is nowhere on disk and its certificate goes with it', async () => {
  const internet = await startTestInternet();
  expect(await readFile(internet.caCertFile, 'utf8')).not.toContain('PRIVATE KEY');
  await internet.close();
  expect(existsSync(dirname(internet.caCertFile))).toBe(false);
  await internet.close();
});

test('closing ends a transfer in the middle and the port is free', async () => {
  const internet = await startTestInternet();
  const { id } = internet.drive.addFile({
    body: { size: 1_000_000, seed: 1 },
    faults: { download: { bytesPerSecond: 1000 } },
  });
  const dispatcher = agentFor(internet);
  const { body } = await request(`https://drive.usercontent.google.com/download?id=${id}`, { dispatcher });
  const ending = body.arrayBuffer().then(
    () => 'whole',
    () => 'broken',
  );
  await internet.close();
  expect(await ending).toBe('broken');
  const socket = connect(Number(new URL(internet.proxyUrl).port), '127.0.0.1');
  await expect(
    new Promise((resolve, reject) => socket.on('connect', resolve).on('error', reject)),
  ).rejects.toThrow('ECONNREFUSED');
  await dispatcher.destroy();
});

test('a process that closed it ends by itself', async () => {
  const module = pathToFileURL(join(import.meta.dirname, '../../../src/demo/internet/index.ts')).href;
  const script = `const { startInternet } = await import(${JSON.stringify(module)});
    const internet = await startInternet(); await fetch(internet.proxyUrl); await internet.close(); console.log('closed');`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { timeout: 20_000 });
  expect(stdout).toBe('closed\n');
});

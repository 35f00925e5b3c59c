import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { LiveEvent, RowsPage } from '../../src/dashboard/contract.ts';
import { desk, HEADER } from '../cli/fixtures.ts';
import { listen, type Served, startServe } from './fixtures.ts';

const until = { timeout: 30_000, interval: 50 };

it('answers nobody who comes by another name, from another page, or without the page’s own headers', async () => {
  const { folder } = await desk([HEADER, '1,Ana,a@x,T,,']);
  const served = await startServe(folder);
  const { host, port } = new URL(served.url);
  for (const path of ['/', '/api/rows', '/api/events', '/metrics', '/healthz', '/nothing']) {
    for (const other of [
      'evil.example',
      `evil.example:${port}`,
      `127.0.0.1.evil.example:${port}`,
      '127.0.0.1:1',
    ])
      expect((await served.ask(path, { headers: { host: other } })).status).toBeGreaterThanOrEqual(400);
    expect((await served.ask(path, { headers: { origin: 'http://evil.example' } })).status).toBe(403);
    expect((await served.ask(path, { headers: { origin: 'null' } })).status).toBe(403);
  }
  expect((await served.ask('/api/rows', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
  const visit = {
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  };
  expect((await served.ask('/', { headers: visit })).status).toBe(200);
  const post = { method: 'POST', body: { rowIds: ['1'] } };
  expect(
    (await served.ask('/api/reset', { ...post, headers: { origin: `http://evil.example` } })).status,
  ).toBe(403);
  for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
    expect((await served.ask('/api/reset', { ...post, headers: { 'content-type': type } })).status).toBe(415);
  expect(
    (
      await served.ask('/api/reset', {
        ...post,
        headers: { host: `localhost:${port}`, origin: `http://${host}` },
      })
    ).status,
  ).toBe(403);
});

it('gives every answer a strict policy, and takes no nonsense', async () => {
  const { folder } = await desk([HEADER, '1,Ana,a@x,T,,']);
  const served = await startServe(folder);
  for (const path of ['/', '/api/rows', '/healthz', '/nothing', '/api/row?id=x', '/api/rows?limit=-1']) {
    const { headers } = await served.ask(path);
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['x-content-type-options']).toBe('nosniff');
  }
  for (const path of [
    '/api/rows?limit=x',
    '/api/rows?sort=evil',
    '/api/rows?status=evil',
    '/api/row',
    `/api/rows?text=${'x'.repeat(5000)}`,
  ])
    expect((await served.ask(path)).status).toBe(400);
  expect((await served.json<RowsPage>('/api/rows?limit=99999')).rows).toHaveLength(1);
  for (const body of [
    '',
    '{',
    '[]',
    '{"rowIds":[]}',
    '{"rowIds":[1]}',
    '{"rowIds":["1"],"more":1}',
    '{"__proto__":{"rowIds":["1"]}}',
  ])
    expect((await served.ask('/api/reset', { method: 'POST', body })).status).toBe(400);
  const large = await served
    .ask('/api/reset', { method: 'POST', body: { rowIds: ['x'.repeat(600_000)] } })
    .catch(() => ({ status: 413 }));
  expect(large.status).toBe(413);
});

it('cuts and cleans hostile names, and sends them as data only', async () => {
  const hostile = `<script>alert(1)</script>\u001b[31m${'x'.repeat(1_000_000)}`;
  const { folder } = await desk([HEADER, `1,${hostile},"=cmd()\u0007",${'t'.repeat(5000)},,`]);
  const served = await startServe(folder);
  const reply = await served.ask('/api/rows?text=script');
  expect(reply.headers['content-type']).toContain('application/json');
  expect(reply.body.length).toBeLessThan(3000);
  expect(reply.body).not.toMatch(/\\u001b|\\u0007/);
  expect((JSON.parse(reply.body) as RowsPage).rows[0]?.name).toContain('<script>');
});

/** Files that somebody sent, and some that nobody may have. */
async function withFiles() {
  const { folder } = await desk([HEADER, '1,Ana,a@x,T,,']);
  const downloads = join(folder, 'drive_downloads');
  await mkdir(join(downloads, '.rowtrail-staging'), { recursive: true });
  await mkdir(`${downloads}-other`);
  const files = {
    page: join(downloads, 'page.mp4'),
    svg: join(downloads, 'image.png'),
    percent: join(downloads, 'a%2e b#?é.txt'),
    binary: join(downloads, 'x.bin'),
    link: join(downloads, 'link.txt'),
    staged: join(downloads, '.rowtrail-staging', 'part'),
    neighbour: join(`${downloads}-other`, 'x.txt'),
    secret: join(folder, 'secret.txt'),
  };
  await writeFile(files.page, '<!doctype html><script>alert(1)</script>');
  await writeFile(files.svg, '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
  await writeFile(files.percent, 'kept apart');
  await writeFile(files.binary, Buffer.from([0, 1, 2, 255]));
  for (const file of [files.staged, files.neighbour, files.secret]) await writeFile(file, 'secret');
  await symlink(files.secret, files.link);
  await symlink(folder, join(downloads, 'up'));
  const served = await startServe(folder);
  const file = (path: string, more = '') => served.ask(`/api/file?path=${encodeURIComponent(path)}${more}`);
  return { folder, downloads, files, served, file };
}

it('serves a file by its content, and never as something that runs', async () => {
  const { files, file } = await withFiles();
  for (const path of [files.page, files.svg]) {
    const { status, headers } = await file(path);
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^(text\/plain|application\/octet-stream)/);
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*sandbox/);
    expect(headers['x-content-type-options']).toBe('nosniff');
  }
  expect((await file(files.binary)).headers['content-disposition']).toMatch(/^attachment/);
  expect(await file(files.percent)).toMatchObject({ status: 200, body: 'kept apart' });
  expect((await file(files.percent, '&download=1')).headers['content-disposition']).toMatch(/^attachment/);
});

it('serves nothing that is outside the download folders, however it is asked for', async () => {
  const { folder, downloads, files, served, file } = await withFiles();
  const paths = [
    ...[
      files.secret,
      files.link,
      files.staged,
      files.neighbour,
      folder,
      downloads,
      '/etc/passwd',
      '',
      '.',
      '..',
    ],
    ...[
      join(downloads, 'up', 'secret.txt'),
      `${downloads}/../secret.txt`,
      `${downloads}/x.bin\0.txt`,
      `${downloads}/x.bin/`,
    ],
    ...['drive_downloads/x.bin', `${downloads}/%2e%2e/secret.txt`, `file://${files.secret}`],
  ];
  for (const path of paths) {
    const reply = await file(path);
    expect([400, 404]).toContain(reply.status);
    expect(reply.body).not.toContain('secret"');
    expect(reply.body).not.toBe('secret');
  }
  for (const path of [
    '/../package.json',
    '/%2e%2e/%2e%2e/package.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/assets/%2e%2e%5c',
    '//etc/passwd',
    '/.git/config',
  ]) {
    const reply = await served.ask(path);
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.body).not.toContain('"dependencies"');
  }
});

it('wants its token on any other address, gives a cookie for it that no script reads, and makes one where none is given', async () => {
  const { folder } = await desk([HEADER, '1,Ana,a@x,T,,']);
  const served = await startServe(folder, { args: ['--host', '0.0.0.0'] });
  expect(served.token?.length).toBeGreaterThan(20);
  const without = { authorization: '' };
  for (const path of ['/', '/api/rows', '/metrics', '/api/rows?token=wrong'])
    expect((await served.ask(path, { headers: without })).status).toBe(401);
  const visit = await served.ask('/', { headers: { ...without, accept: 'text/html,*/*' } });
  expect(visit).toMatchObject({ status: 401, headers: { 'content-type': expect.stringContaining('html') } });
  expect(visit.body).toContain('the token is missing or wrong');
  const first = await served.ask(`/?token=${served.token}`, { headers: without });
  expect(first.status).toBe(200);
  const cookie = String(first.headers['set-cookie']);
  expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
  expect(cookie).not.toContain(String(served.token));
  const again = await served.ask('/api/rows', {
    headers: { ...without, cookie: cookie.split(';')[0] ?? '' },
  });
  expect(again.status).toBe(200);
  expect((await served.ask('/api/rows', { headers: { host: 'evil.example:80' } })).status).toBe(403);
});

it('tells fifty pages at once, and is held up by none that sleeps', async () => {
  const { folder, csv } = await desk([
    HEADER,
    ...Array.from({ length: 200 }, (_, at) => `${at},N${at},a@x,T,,`),
  ]);
  const served = await startServe(folder);
  const heard = Array.from({ length: 50 }, (): LiveEvent[] => []);
  for (const each of heard) listen(served.url, each);
  const { hostname, port, host } = new URL(served.url);
  const asleep = Array.from({ length: 5 }, () => {
    const socket = connect(Number(port), hostname);
    socket.write(`GET /api/events HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    socket.pause();
    socket.on('error', () => {});
    return socket;
  });
  await expect
    .poll(() => heard.every((each) => each.some(({ kind }) => kind === 'overview')), until)
    .toBe(true);
  await writeFile(csv, `${HEADER}\r\n1,Zora,z@x,T,,\r\n`);
  await expect
    .poll(() => heard.every((each) => each.some(({ kind }) => kind === 'rows')), {
      ...until,
      timeout: 50_000,
    })
    .toBe(true);
  expect((await answered(served)).status).toBe(200);
  for (const socket of asleep) socket.destroy();
});

function answered(served: Served) {
  return served.ask('/api/overview');
}

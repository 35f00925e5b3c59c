import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCertificateAuthority } from '../../src/demo/internet/certificate-authority.ts';
import { ErrorHandler } from '../../src/errors/index.ts';

// What the platform really throws, met and not made up: the self-test's errors are modelled on these.

let folder = '';
const servers: Server[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rowtrail-errors-'));
});
afterAll(async () => {
  for (const server of servers) server.close();
  await rm(folder, { recursive: true, force: true });
});

async function causeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => 'nothing was thrown',
    (reason: unknown) => reason,
  );
  return new ErrorHandler().handleError(error).cause;
}

async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const httpServer = (listener: RequestListener) => listening(createServer(listener));

describe('the network', () => {
  it('nobody listens', async () => {
    const server = createServer();
    const port = await listening(server);
    server.close();
    await once(server, 'close');
    expect(await causeOf(fetch(`http://127.0.0.1:${port}/`))).toBe('connection_failed');
    expect(await causeOf(request(`http://127.0.0.1:${port}/`))).toBe('connection_failed');
  });

  it('a name that does not exist', async () => {
    expect(await causeOf(fetch('http://no-such-host.invalid/'))).toBe('dns_failed');
  });

  it('the host hangs up before and within its answer', async () => {
    const port = await httpServer((incoming, response) => {
      if (incoming.url === '/before') return incoming.socket.destroy();
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      return setTimeout(() => incoming.socket.destroy(), 20);
    });
    expect(await causeOf(fetch(`http://127.0.0.1:${port}/before`))).toBe('connection_failed');
    const { body } = await request(`http://127.0.0.1:${port}/within`);
    expect(await causeOf(body.text())).toBe('connection_failed');
  });

  it('the host does not answer in time', async () => {
    const port = await httpServer(() => {});
    const url = `http://127.0.0.1:${port}/`;
    expect(await causeOf(request(url, { headersTimeout: 10 }))).toBe('timeout');
    expect(await causeOf(fetch(url, { signal: AbortSignal.timeout(10) }))).toBe('timeout');
  });

  it('we stop', async () => {
    const port = await httpServer(() => {});
    const stop = new AbortController();
    const fetching = causeOf(fetch(`http://127.0.0.1:${port}/`, { signal: stop.signal }));
    const sleeping = causeOf(sleep(10_000, undefined, { signal: stop.signal }));
    stop.abort();
    expect(await fetching).toBe('interrupted');
    expect(await sleeping).toBe('interrupted');
  });

  it('a certificate that nobody vouches for', async () => {
    const authority = await createCertificateAuthority();
    const port = await listening(createTlsServer(await authority.issue(['localhost'])));
    expect(await causeOf(fetch(`https://localhost:${port}/`))).toBe('tls_failed');
  });

  it('a host that speaks no TLS', async () => {
    const port = await httpServer((_, response) => response.end());
    expect(await causeOf(fetch(`https://127.0.0.1:${port}/`))).toBe('tls_failed');
  });

  it('a host that speaks no HTTP', async () => {
    const port = await listening(createTcpServer((socket) => socket.end('hello\r\n\r\n')));
    expect(await causeOf(fetch(`http://127.0.0.1:${port}/`))).toBe('connection_failed');
    expect(await causeOf(request(`http://127.0.0.1:${port}/`))).toBe('connection_failed');
  });

  it('a link that is none', async () => {
    expect(await causeOf((async () => new URL('no link'))())).toBe('malformed_link');
  });
});

describe('this machine', () => {
  it('a file that is not there, a folder in its place, a file in a folder’s place', async () => {
    await writeFile(join(folder, 'file'), '');
    expect(await causeOf(readFile(join(folder, 'missing')))).toBe('file_missing');
    expect(await causeOf(readFile(join(folder, 'file', 'below')))).toBe('access_denied');
    expect(await causeOf(readFile(folder))).toBe('write_failed');
  });

  it('a disk that is full', async () => {
    const full = await open('/dev/full', 'w');
    try {
      expect(await causeOf(full.writeFile('x'))).toBe('disk_full');
    } finally {
      await full.close();
    }
  });

  it('programs that are not there, end badly, or may not be started', async () => {
    const run = promisify(execFile);
    expect(await causeOf(run(join(folder, 'yt-dlp')))).toBe('ytdlp_missing');
    expect(await causeOf(run(join(folder, 'ffprobe')))).toBe('ffmpeg_missing');
    expect(await causeOf(run('sh', ['-c', 'echo "ERROR: Private video" >&2; exit 1']))).toBe('private');
    expect(await causeOf(run('sh', ['-c', 'exit 7']))).toBe('unknown');
    await writeFile(join(folder, 'yt-dlp.txt'), 'no program', { mode: 0o644 });
    expect(await causeOf(run(join(folder, 'yt-dlp.txt')))).toBe('access_denied');
  });

  it('a ledger that is none, that another holds, that may only be read', async () => {
    const path = join(folder, 'noise.db');
    await writeFile(path, 'this is no database, however long one looks at it'.repeat(100));
    expect(await causeOf((async () => new Database(path).pragma('user_version'))())).toBe('ledger_corrupt');

    const held = join(folder, 'held.db');
    using holder = closing(new Database(held));
    holder.db.exec('create table t (x); begin immediate');
    using other = closing(new Database(held, { timeout: 0 }));
    expect(await causeOf((async () => other.db.exec('insert into t values (1)'))())).toBe('locked');
    holder.db.exec('commit');
    using reader = closing(new Database(held, { readonly: true }));
    expect(await causeOf((async () => reader.db.exec('insert into t values (1)'))())).toBe('access_denied');
  });

  it('faults of a program', async () => {
    expect(await causeOf((async () => JSON.parse('{'))())).toBe('unknown');
    expect(await causeOf((async () => 'x'.repeat(-1))())).toBe('unknown');
    expect(await causeOf((async () => Reflect.apply(Object.keys, null, [null]))())).toBe('unknown');
  });
});

function closing(db: Database.Database): Disposable & { readonly db: Database.Database } {
  return { db, [Symbol.dispose]: () => db.close() };
}

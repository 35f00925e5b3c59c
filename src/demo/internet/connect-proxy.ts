import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerCredentials } from './certificate-authority.ts';
import { text } from './reply.ts';
import { sendReply } from './send-reply.ts';
import { servesHost, type Site } from './site.ts';

/** A request that reached the loopback internet, or tried to leave it. */
export interface RequestRecord {
  readonly host: string;
  /** `CONNECT` for a host that nobody serves; the tunnels to served hosts are not recorded, their requests are. */
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** When its answer had ended or its client was gone; null before, and of what was not answered by a site. */
  readonly endedAt: number | null;
}

interface ConnectProxy {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Closes every connection, also those in the middle of something. */
  close(): Promise<void>;
}

interface ConnectProxyOptions {
  readonly sites: readonly Site[];
  readonly credentials: ServerCredentials;
  readonly record: (request: RequestRecord) => void;
  /** Milliseconds before each answer begins (default 0). */
  readonly latencyMs?: number;
}

/** The largest request body that is read; the clients send a few KB. */
const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Starts an HTTP proxy on loopback that ends TLS itself: behind CONNECT stands no other machine but the sites given.
 * A host that none of them serves is answered 502 and never contacted.
 */
export async function startConnectProxy({
  sites,
  credentials,
  record,
  latencyMs = 0,
}: ConnectProxyOptions): Promise<ConnectProxy> {
  const closing = new AbortController();
  const sockets = new Set<Socket>();
  const web = createHttpsServer({ ...credentials, ALPNProtocols: ['http/1.1'] }, (request, response) => {
    response.on('error', () => response.destroy()); // a client that went away in the middle
    serve(request, response).catch(() => response.destroy());
  });
  // A client that hangs up in its handshake or request is its own affair.
  web.on('tlsClientError', (_error, socket) => socket.destroy());
  web.on('clientError', (_error, socket) => socket.destroy());

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const host = hostName(request.headers.host ?? '');
    const url = new URL(`https://${host}${request.url ?? '/'}`);
    const method = request.method ?? 'GET';
    const seen = { host, method, path: url.pathname, query: url.searchParams, headers: request.headers };
    const recorded = { ...seen, at: Date.now(), endedAt: null as number | null };
    record(recorded);
    response.once('close', () => (recorded.endedAt = Date.now()));
    const body = await readBody(request);
    if (latencyMs > 0) await sleep(latencyMs, undefined, { signal: closing.signal });
    const site = sites.find((candidate) => servesHost(candidate, host));
    const answer = site
      ? await site.answer({ ...seen, body }).catch((error: unknown) => ({
          reply: text(`The loopback internet failed: ${String(error)}`, 'text/plain', 500),
          fault: {},
        }))
      : { reply: text('Misdirected request', 'text/plain', 421), fault: {} };
    await sendReply(response, answer, { headOnly: method === 'HEAD', signal: closing.signal });
  }

  const proxy = createHttpServer((request, response) => {
    const target = URL.parse(request.url ?? '') ?? new URL('http://invalid.invalid/');
    const { hostname: host, pathname: path, searchParams: query } = target;
    record({
      host,
      method: request.method ?? 'GET',
      path,
      query,
      headers: request.headers,
      at: Date.now(),
      endedAt: null,
    });
    if (sites.some((site) => servesHost(site, host)))
      response.writeHead(301, { location: `https://${host}${path}${target.search}`, 'content-length': '0' });
    else response.writeHead(502, { 'content-length': '0' });
    response.end();
  });
  proxy.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  proxy.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const [name = '', port] = (request.url ?? '').split(':');
    const host = name.toLowerCase();
    if (port === '443' && sites.some((site) => servesHost(site, host))) {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      if (head.length > 0) socket.unshift(head);
      web.emit('connection', socket);
      return;
    }
    const query = new URLSearchParams();
    record({
      host,
      method: 'CONNECT',
      path: request.url ?? '',
      query,
      headers: request.headers,
      at: Date.now(),
      endedAt: null,
    });
    socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });

  await new Promise<void>((resolve, reject) => {
    proxy.once('error', reject);
    proxy.listen(0, '127.0.0.1', resolve);
  });
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      closing.abort();
      const closed = new Promise<void>((resolve) => {
        proxy.close(() => resolve());
      });
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function hostName(header: string): string {
  return header.replace(/:\d+$/, '').toLowerCase();
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY_BYTES) throw new Error('The request body is too large.');
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

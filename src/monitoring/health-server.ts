import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errnoOf, messageOf, RowtrailError } from '../errors/index.ts';

export interface HealthOptions {
  /** 0 for any that is free. */
  readonly port: number;
  /** The address that it listens on (default 127.0.0.1). */
  readonly host?: string | undefined;
  /** Why no work should be given to this process now; null where it is ready. What it throws is a reason, too. */
  readonly notReady: () => Promise<string | null>;
}

/** Answers those who watch a process. */
export interface HealthServer extends AsyncDisposable {
  readonly port: number;
}

/** Whoever asks waits no longer (milliseconds). */
const ANSWER_MS = 5000;

/**
 * Answers `/healthz` with 200 as long as this process gets to answer at all, and `/readyz` with 200 when it is ready for work, else with 503
 * and the reason. It listens on this machine only, unless told otherwise, and tells nothing of rows. It keeps no process alive.
 * @throws RowtrailError `usage` where the port cannot be had
 */
export async function serveHealth({
  port,
  host = '127.0.0.1',
  notReady,
}: HealthOptions): Promise<HealthServer> {
  const answer = async ({ method, url }: IncomingMessage, response: ServerResponse) => {
    const [status, text] = await answerTo(url ?? '', notReady);
    response.writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.end(method === 'HEAD' ? undefined : `${text}\n`);
  };
  // Not with this module: whoever imports `node:http` gets Node's fetch with it, which takes 30 ms and 2.5 MB.
  const { createServer } = await import('node:http');
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(portFailure(error, host, port)));
    server.listen(port, host, resolve);
  });
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function answerTo(
  url: string,
  notReady: HealthOptions['notReady'],
): Promise<readonly [status: number, text: string]> {
  const [path] = url.split('?');
  if (path === '/healthz') return [200, 'ok'];
  if (path !== '/readyz') return [404, 'there is /healthz and /readyz'];
  const late = Promise.withResolvers<string>();
  const timer = setTimeout(() => late.resolve('it takes too long to find out'), ANSWER_MS);
  const reason = await Promise.race([notReady().catch(messageOf), late.promise]);
  clearTimeout(timer);
  return reason === null ? [200, 'ready'] : [503, reason.replaceAll(/\s+/g, ' ')];
}

function portFailure(error: unknown, host: string, port: number): RowtrailError {
  const code = errnoOf(error) ?? '';
  const why = code === 'EADDRINUSE' ? 'another program listens there' : messageOf(error);
  return new RowtrailError('usage', `no health checks can be answered on ${host}:${port}: ${why}`);
}

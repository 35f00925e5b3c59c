import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A host on loopback that notes when it was asked and how many were there at once. */
export async function askedServer(holdMs: number) {
  const asked: number[] = [];
  const askers = new Set<unknown>();
  let now = 0;
  let most = 0;
  let answer = 200;
  const open = new Set<ServerResponse>();
  const server = createServer(({ headers }, response) => {
    askers.add(headers['x-asker']);
    asked.push(performance.now());
    now++;
    most = Math.max(most, now);
    open.add(response);
    response.on('close', () => {
      now--;
      open.delete(response);
    });
    const send = () => {
      response.statusCode = answer;
      response.end('here');
    };
    if (holdMs === Infinity) return;
    setTimeout(send, holdMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    asked,
    askers,
    now: () => now,
    most: () => most,
    forget: () => {
      most = now;
      asked.length = 0;
    },
    answerWith: (status: number) => (answer = status),
  };
}

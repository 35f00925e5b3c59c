import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { causesOf, driveDesk, fileLink, serveFile } from './fixtures.ts';

const desk = await driveDesk();
const { internet } = desk;

/** A proxy that answers everything so, and counts what it is asked. */
async function proxyThatAnswers(status: number) {
  const asked: string[] = [];
  const proxy = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(status, { 'content-length': '0' }).end();
  });
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => void proxy.close());
  const { port } = proxy.address() as AddressInfo;
  return { port, url: `http://ada:SECRET@127.0.0.1:${port}`, asked };
}

const through = (proxy: string) => ({ proxy, caCertFile: internet.caCertFile });

describe('a proxy', () => {
  it.each([
    [407, 'proxy_refused', 'it asks for a name and password'],
    [403, 'proxy_refused', 'it answered 403'],
    [502, 'connection_failed', 'it answered 502'],
    [503, 'connection_failed', 'it answered 503'],
  ])('that answers %i is %s, and is named as such', async (status, cause, words) => {
    const { url } = await proxyThatAnswers(status);
    const result = await desk.download(fileLink(internet.drive.addFile()), { network: through(url) });
    expect(causesOf(result)).toEqual([cause]);
    expect(result.errorMessage).toContain(`The proxy refused the way to drive.google.com: ${words}`);
    expect(result.errorMessage).not.toContain('SECRET');
  });

  it('that asks for a password where there is no tunnel is no file and no answer of the host', async () => {
    const { url } = await proxyThatAnswers(407);
    const options = { allowDirectLinks: true, network: through(url) };
    const result = await desk.download('http://files.example.org/a.bin', options);
    expect(causesOf(result)).toEqual(['proxy_refused']);
    expect(result.errorMessage).toContain(
      'The proxy refused the way to files.example.org: it asks for a name and password',
    );
  });

  it('that is not there is named, without its password', async () => {
    const { port, url } = await proxyThatAnswers(403);
    // Port 1 of this machine: nobody listens there.
    const gone = url.replace(String(port), '1');
    const result = await desk.download(fileLink(internet.drive.addFile()), { network: through(gone) });
    expect(causesOf(result)).toEqual(['proxy_refused']);
    expect(result.errorMessage).toContain('The proxy 127.0.0.1:1 cannot be reached (ECONNREFUSED)');
    expect(result.errorMessage).not.toContain('SECRET');
  });

  it('whose name nobody knows is told apart from a host of that kind', async () => {
    const result = await desk.download(fileLink(internet.drive.addFile()), {
      network: through('http://no-such-proxy.invalid:3128'),
    });
    expect(causesOf(result)).toEqual(['dns_failed']);
    expect(result.errorMessage).toContain('The name of the proxy no-such-proxy.invalid:3128');
  });

  it('that refuses the way to the tokens costs nobody an attempt', async () => {
    const { url } = await proxyThatAnswers(403);
    const { tokenFile } = internet.drive.accounts.addUser('ada@example.org');
    const googleCredentials = await desk.write('token.json', tokenFile);
    const result = await desk.download(fileLink(internet.drive.addFile()), {
      googleCredentials,
      network: through(url),
    });
    expect(causesOf(result)).toEqual(['proxy_refused']);
  });

  it('is not asked for what NO_PROXY names', async () => {
    const { url, asked } = await proxyThatAnswers(403);
    const { link } = await serveFile((_request, response) => response.end('of the intranet'));
    const result = await desk.download(`${link} ${fileLink(internet.drive.addFile())}`, {
      allowDirectLinks: true,
      network: { ...through(url), noProxy: 'example.org, 127.0.0.1' },
    });
    expect(causesOf(result)).toEqual([null, 'proxy_refused']);
    expect(new Set(asked)).toEqual(new Set(['drive.google.com:443']));
  });
});

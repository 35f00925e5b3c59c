import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createCertificateAuthority } from '../../src/demo/internet/certificate-authority.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { desk, HEADER } from './fixtures.ts';

/** The command line brings no HTTP/2: a host that would rather speak it is asked in HTTP/1.1, on each of the ways to it. */

let host: Http2SecureServer;
let proxy: Server;
let caText: string;
let caCert: string;
let origin: string;
let spoken: (string | false | null)[];
let tunnels: string[];
beforeAll(async () => {
  const authority = await createCertificateAuthority();
  caText = authority.certificate;
  // Node's server takes h2 where the client offers it.
  host = createSecureServer({ ...(await authority.issue(['localhost'])), allowHTTP1: true });
  host.on('secureConnection', (socket: TLSSocket) => spoken.push(socket.alpnProtocol));
  host.on('request', (request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/octet-stream');
    response.end('words over TLS');
  });
  proxy = createServer();
  proxy.on('connect', (request, client) => {
    tunnels.push(request.url ?? '');
    const upstream = connect((host.address() as AddressInfo).port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
    for (const end of [client, upstream]) end.on('error', () => {});
  });
  for (const server of [host, proxy]) await once(server.listen(0, '127.0.0.1'), 'listening');
  origin = `https://localhost:${(host.address() as AddressInfo).port}`;
});
afterAll(() => {
  proxy.closeAllConnections();
  for (const server of [host, proxy]) server.close();
});
beforeEach(async () => {
  caCert = join(await tempFolder(), 'ca.pem');
  await writeFile(caCert, caText);
  spoken = [];
  tunnels = [];
});

const proxyUrl = () => `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;

it.each([
  ['directly', () => []],
  ['through a proxy', () => ['--proxy', proxyUrl()]],
])('a file is fetched %s', async (way, flags) => {
  const { folder, rowtrail } = await desk([HEADER, `1,Ada,a@x,T,,${origin}/words.bin`]);
  const fixed = ['--allow-direct-links', '--allow-private-addresses', '--pace', 'off', '--ca-cert', caCert];
  const { code, stderr } = await rowtrail('run', 'people.csv', ...fixed, ...flags());
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(await readFile(join(folder, 'drive_downloads', 'words_row1_T.bin'), 'utf8')).toBe('words over TLS');
  expect(spoken).toEqual(['http/1.1']);
  expect(tunnels).toHaveLength(way === 'directly' ? 0 : 1);
});

it.each([
  ['directly', () => ({})],
  ['through a proxy', () => ({ HTTPS_PROXY: proxyUrl() })],
])('a webhook is told %s', async (way, env) => {
  const { folder, rowtrail } = await desk([HEADER, `1,Ada,a@x,T,,${origin}/words.bin`], {
    NODE_EXTRA_CA_CERTS: caCert,
    ...env(),
  });
  const condition = "{name: any_pending, metric: pending_downloads, comparison: '>=', threshold: 1}";
  await writeFile(
    join(folder, 'rowtrail.config.yaml'),
    `alerts: [${condition}]\nalert_webhook: ${origin}/hook\n`,
  );
  const { stdout } = await rowtrail('alerts', 'people.csv', '--deliver', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ deliveries: [{ target: 'webhook', ok: true }] });
  expect(spoken).toEqual(['http/1.1']);
  expect(tunnels).toHaveLength(way === 'directly' ? 0 : 1);
});

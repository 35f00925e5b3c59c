import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DriveOptions } from '../../../src/sources/drive/index.ts';
import { causesOf, driveDesk, WITHOUT_PROXY } from './fixtures.ts';

const desk = await driveDesk();
const { internet } = desk;
let intranet: Server;
let answer: RequestListener;
let address: string;
let asked: string[];
beforeAll(async () => {
  intranet = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>((resolve) => {
    intranet.listen(0, '127.0.0.1', resolve);
  });
  address = `http://127.0.0.1:${(intranet.address() as AddressInfo).port}`;
});
afterAll(() => {
  intranet.closeAllConnections();
  intranet.close();
});

beforeEach(() => {
  asked = [];
  answer = (_request, response) => response.end('words of the intranet');
});

const download = (link: string, options: DriveOptions = {}) =>
  desk.download(link, { allowDirectLinks: true, ...options });

describe('a plain link to a file', () => {
  it('brings the file under the name that its host or its address gives', async () => {
    const { web } = internet;
    web.pages.set('/a/photo%20one.bin', { body: 'one' });
    web.pages.set('/get', { body: 'two', disposition: `attachment; filename="two.dat"` });
    web.pages.set('/moved', { redirectTo: '/a/photo%20one.bin' });
    const links = ['/a/photo%20one.bin', '/get', '/moved'].map((path) => web.origin + path);
    const result = await download(links.join(' | '));
    expect(result.filesDownloaded).toEqual([
      'photo one_row7_T.bin',
      'two_row7_T.dat',
      'photo one_row7_T~2.bin',
    ]);
    expect(await desk.read('two_row7_T.dat')).toBe('two');
    const sidecar = JSON.parse(await desk.read(result.metadataFile ?? '')) as object;
    expect(sidecar).toMatchObject({ source_url: links[0], media_id: expect.stringMatching(/^web-/) });
  });

  it('is asked for in no language, a page of Google in English', async () => {
    let languages: unknown = null;
    answer = (request, response) => {
      languages = request.headers['accept-language'];
      response.end('words of the intranet');
    };
    const file = internet.drive.addFile();
    const before = internet.requests.length;
    await download(`${address}/x.bin`, { network: WITHOUT_PROXY });
    expect(languages).toBeUndefined();
    await download(`https://drive.google.com/file/d/${file.id}/view`);
    const inWhich = internet.requests.slice(before).map(({ headers }) => headers['accept-language']);
    expect(new Set(inWhich)).toEqual(new Set(['en']));
  });

  it('is refused without the option, and then its host is not contacted', async () => {
    const result = await download(`${address}/x.bin`, { allowDirectLinks: false, network: WITHOUT_PROXY });
    expect(causesOf(result)).toEqual(['foreign_link']);
    expect(asked).toEqual([]);
  });

  it('to a web page is no file, but a page of HTML by its name is', async () => {
    const { web } = internet;
    const page = { body: '<!doctype html><title>Hello</title>', mediaType: 'text/html' };
    web.pages.set('/watch', page).set('/story.html', page).set('/clip.mp4', page);
    const result = await download(
      ['/watch', '/story.html', '/clip.mp4'].map((path) => web.origin + path).join(' '),
    );
    expect(causesOf(result)).toEqual(['unexpected_page', null, 'unexpected_page']);
  });

  it('of one host that slows us down does not stop those of another', async () => {
    const { web, drive } = internet;
    web.pages.set('/slow', { fault: { status: 429, retryAfter: 60 } });
    const file = drive.addFile({ name: 'fine.txt' });
    const result = await download(
      `${web.origin}/slow ${web.origin}/slow2 https://drive.google.com/open?id=${file.id}`,
    );
    expect(causesOf(result)).toEqual(['too_many_requests', 'too_many_requests', null]);
  });
});

describe('an address of a private network', () => {
  it('is contacted where the link itself names it', async () => {
    const result = await download(`${address}/x.txt`, { network: WITHOUT_PROXY });
    expect(causesOf(result)).toEqual([null]);
  });

  it('is not contacted from a public link, and the message says how to allow it', async () => {
    const file = internet.drive.addFile({ redirectTo: `${address}/secret.txt` });
    internet.web.pages.set('/out', { redirectTo: `${address}/secret.txt` });
    const result = await download(`https://drive.google.com/open?id=${file.id} ${internet.web.origin}/out`);
    expect(causesOf(result)).toEqual(['private_address', 'private_address']);
    expect(result.errorMessage).toContain('127.0.0.1');
    expect(result.permanentFailure).toBe(true);
    expect(asked).toEqual([]);
  });

  it.each([
    '127.0.0.1',
    '0.0.0.0',
    '0',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[fe80::1]',
    '169.254.169.254',
    'localhost',
  ])('is not contacted at the end of a chain of redirects either: %s', async (host) => {
    const { port } = new URL(address);
    const { pages, origin } = internet.web;
    pages.set('/first', { redirectTo: `${origin}/second` });
    pages.set('/second', { redirectTo: '/third' });
    pages.set('/third', { redirectTo: `http://${host}:${port}/secret.txt` });
    const file = internet.drive.addFile({ redirectTo: `http://${host}:${port}/secret.txt` });
    const result = await download(`${origin}/first https://drive.google.com/open?id=${file.id}`);
    expect(causesOf(result)).toEqual(['private_address', 'private_address']);
    expect(asked).toEqual([]);
  });

  it('is not contacted under a public name either', async () => {
    answer = (_request, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
    // A name of this machine's that no rule about names knows: what it leads to decides.
    const result = await download(
      `http://ip6-localhost.:${new URL(address).port}/x http://169.254.169.254/meta`,
      {
        network: WITHOUT_PROXY,
      },
    );
    expect(causesOf(result)?.[1]).toBe('private_address');
    expect(causesOf(result)?.[0]).toMatch(/^(?:private_address|dns_failed)$/);
    expect(asked).toEqual([]);
  });

  it('is contacted from a public link where that is allowed', async () => {
    answer = (request, response) => {
      if (request.url === '/a') response.writeHead(302, { location: '/b' }).end();
      else response.end('inside');
    };
    const result = await download(`http://localhost:${new URL(address).port}/a`, {
      network: WITHOUT_PROXY,
      allowPrivateAddresses: true,
    });
    expect(causesOf(result)).toEqual([null]);
    expect(asked).toEqual(['/a', '/b']);
  });
});

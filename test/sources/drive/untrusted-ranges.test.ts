import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { tempFolder } from '../../support/temp-folder.ts';
import { causesOf, downloadFrom, serveFile, SUFFIX } from './fixtures.ts';

const SIZE = 2_000_000;
const BODY = Buffer.from(Array.from({ length: SIZE }, (_, i) => (i * 31 + (i >> 8)) % 251));
const TAG = '"one"';

let folder: string;
beforeEach(async () => {
  folder = await tempFolder();
});

/** What was asked for, in order: the path, and where a range began. */
const askedOf = (requests: readonly IncomingMessage[]) =>
  requests.map(({ url = '', headers }) => ({ path: url, start: startOf(headers.range) }));
const startOf = (range: string | undefined) =>
  range === undefined ? null : Number(/^bytes=(\d+)-/.exec(range)?.[1]);

async function expectWhole(link: string) {
  expect(causesOf(await downloadFrom(link, folder))).toEqual([null]);
  expect((await readFile(join(folder, `file${SUFFIX}.bin`))).equals(BODY)).toBe(true);
}

const whole = { etag: TAG, 'content-type': 'application/octet-stream', 'content-length': String(SIZE) };

const cutShort = (response: ServerResponse) =>
  response.writeHead(200, whole).write(BODY.subarray(0, 1_200_000), () => response.destroy());

const sendFrom = (response: ServerResponse, start: number, headers: Record<string, string> = {}) =>
  response
    .writeHead(206, {
      etag: TAG,
      'content-length': String(SIZE - start),
      'content-range': `bytes ${start}-${SIZE - 1}/${SIZE}`,
      ...headers,
    })
    .end(BODY.subarray(start));

/** Cuts the first answer, gives the whole file to whoever asks for no range, and to others what is wrong with this host. */
function cutOnce(answerRange: (response: ServerResponse, start: number) => void): RequestListener {
  let isCut = false;
  return ({ headers }, response) => {
    const start = startOf(headers.range);
    if (start !== null) return answerRange(response, start);
    if (isCut) return void response.writeHead(200, whole).end(BODY);
    isCut = true;
    cutShort(response);
  };
}

const refusing = (status: number) => (response: ServerResponse) =>
  void response.writeHead(status, { 'content-length': '0' }).end();

describe('a host that does not give out the ranges it is asked for', () => {
  it.each<[string, (response: ServerResponse, start: number) => void]>([
    [
      'a part that does not say which it is',
      (response, start) =>
        response
          .writeHead(206, { etag: TAG, 'content-length': String(SIZE - start) })
          .end(BODY.subarray(start)),
    ],
    [
      'several parts in one',
      (response, start) => sendFrom(response, start, { 'content-type': 'multipart/byteranges; boundary=x' }),
    ],
    ['a part that begins too early', (response, start) => sendFrom(response, start - 100)],
    ['the status 400', refusing(400)],
    ['the status 403', refusing(403)],
    ['the status 404', refusing(404)],
    ['the status 501', refusing(501)],
  ])(
    'but %s is asked for the file once more, without',
    async (_, answerRange) => {
      const { link, requests } = await serveFile(cutOnce(answerRange));
      await expectWhole(link);
      expect(requests.filter(({ headers }) => headers.range === undefined)).toHaveLength(2);
    },
    20_000,
  );

  it('says so for good when it does not give out the file either', async () => {
    let isGone = false;
    const { link } = await serveFile((_, response) => {
      if (isGone) return refusing(403)(response);
      isGone = true;
      cutShort(response);
    });
    expect(causesOf(await downloadFrom(link, folder))).toEqual(['not_shared']);
  });

  it('is asked for what is missing where it leaves out the size', async () => {
    const { link, requests } = await serveFile(
      cutOnce((response, start) =>
        sendFrom(response, start, { 'content-range': `bytes ${start}-${SIZE - 1}/*` }),
      ),
    );
    await expectWhole(link);
    expect(requests.filter(({ headers }) => headers.range === undefined)).toHaveLength(1);
  });

  it.each([429, 503])('for now (%i) costs no byte that had arrived', async (status) => {
    let refusals = 0;
    const { link, requests } = await serveFile(
      cutOnce((response, start) => {
        refusals += 1;
        return refusals > 2 ? sendFrom(response, start) : refusing(status)(response);
      }),
    );
    while (causesOf(await downloadFrom(link, folder))[0] !== null) expect(refusals).toBeLessThan(5);
    expect((await readFile(join(folder, `file${SUFFIX}.bin`))).equals(BODY)).toBe(true);
    expect(requests.filter(({ headers }) => headers.range === undefined)).toHaveLength(1);
  });
});

describe('a slow host whose answers do not agree', () => {
  const hosts: [string, (request: number) => Record<string, string>][] = [
    ['a tag for each request', (request) => ({ etag: `"${request}"` })],
    ['a tag for each of two backends', (request) => ({ etag: `"${request % 2}"` })],
    [
      'a date for each of two backends',
      (request) => ({ 'last-modified': new Date(1.7e12 + (request % 2) * 1000).toUTCString() }),
    ],
  ];

  it.each(hosts)(
    'by %s brings the file over the first connection',
    async (_, validators) => {
      let count = 0;
      const { link, requests } = await serveFile(({ headers }, response) => {
        count += 1;
        sendSlowly(response, headers, validators(count)).catch(() => response.destroy());
      });
      await expectWhole(link);
      expect(requests.length).toBeGreaterThan(1);
      expect(requests.filter(({ headers }) => headers.range === undefined)).toHaveLength(1);
    },
    20_000,
  );

  it('is not split again after that connection was cut', async () => {
    let count = 0;
    let askedUntilCut = 0;
    const { link, requests } = await serveFile(({ headers }, response) => {
      count += 1;
      const isFirst = count === 1;
      sendSlowly(response, headers, { etag: `"${count}"` }, isFirst ? 1_200_000 : SIZE)
        .then(() => (askedUntilCut ||= isFirst ? requests.length : 0))
        .catch(() => response.destroy());
    });
    await expectWhole(link);
    expect(askedUntilCut).toBeGreaterThan(1);
    expect(requests).toHaveLength(askedUntilCut + 1);
  }, 20_000);

  /** A megabyte a second, up to a byte at which the connection is cut. */
  async function sendSlowly(
    response: ServerResponse,
    { range, 'if-range': ifRange }: IncomingMessage['headers'],
    validators: Record<string, string>,
    cutAt = SIZE,
  ) {
    const [, first = '0', last = String(SIZE - 1)] = /^bytes=(\d+)-(\d+)?/.exec(range ?? '') ?? [];
    const isPart = range !== undefined && Object.values(validators).includes(String(ifRange));
    const [start, end] = isPart ? [Number(first), Number(last) + 1] : [0, SIZE];
    response.writeHead(isPart ? 206 : 200, {
      ...validators,
      'accept-ranges': 'bytes',
      'content-length': String(end - start),
      ...(isPart ? { 'content-range': `bytes ${start}-${end - 1}/${SIZE}` } : {}),
    });
    for (let at = start; at < Math.min(end, cutAt) && !response.destroyed; at += 60_000) {
      response.write(BODY.subarray(at, Math.min(end, cutAt, at + 60_000)));
      await sleep(60);
    }
    if (cutAt < end) response.destroy();
    else response.end();
  }
});

describe('an address that ends before the link does', () => {
  it.each([400, 401, 403, 404, 410])(
    'with the status %i is asked for again, and the part goes on',
    async (status) => {
      let given = 0;
      const { link, requests } = await serveFile(({ url, headers }, response) => {
        if (url === '/file.bin') {
          given += 1;
          return void response
            .writeHead(302, { location: `/signed/file.bin?exp=${given}`, 'content-length': '0' })
            .end();
        }
        const start = startOf(headers.range);
        if (start === null) return cutShort(response);
        return url?.endsWith('=1') === true ? refusing(status)(response) : sendFrom(response, start);
      });
      await expectWhole(link);
      const asked = askedOf(requests);
      expect(asked.map(({ path }) => path)).toEqual([
        ...['/file.bin', '/signed/file.bin?exp=1', '/signed/file.bin?exp=1'],
        ...['/file.bin', '/signed/file.bin?exp=2'],
      ]);
      expect(asked.at(-1)?.start).toBeGreaterThan(1_000_000);
    },
  );
});

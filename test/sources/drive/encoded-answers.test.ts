import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { generatedContent } from '../../../src/demo/internet/content.ts';
import { crc32c } from '../../../src/files/digest/index.ts';
import { downloadDriveWithContext } from '../../../src/sources/drive/index.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { causesOf, impatientHosts, ROW, SUFFIX } from './fixtures.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Serves one file under this name. @returns its address */
async function serve(answer: Answer, name = 'table.csv'): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`;
}

let folder: string;
beforeEach(async () => {
  folder = join(await tempFolder(), 'drive');
});

const download = (link: string, filename?: string) =>
  downloadDriveWithContext(link, ROW, {
    outputDir: folder,
    allowDirectLinks: true,
    network: { proxy: null, caCertFile: null },
    hosts: impatientHosts(),
    ...(filename === undefined ? {} : { filename }),
  });
const visible = async () =>
  (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith('.') && !name.endsWith('.json'));
const kept = (name: string) => readFile(join(folder, name));

const googleHash = (bytes: Buffer) => {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32c(bytes));
  return `crc32c=${sum.toString('base64')},md5=${createHash('md5').update(bytes).digest('base64')}`;
};

const PLAIN = generatedContent({ size: 900_000, seed: 'noise' }).slice(0, 900_000);
const STORED = gzipSync(PLAIN);
const SMALL = Buffer.from('a,b\n1,2\n');

/** What a store says of an object that it keeps compressed. */
const storedAsGzip = (bytes: Buffer) => ({
  'x-goog-stored-content-encoding': 'gzip',
  'x-goog-stored-content-length': String(bytes.length),
  'x-goog-hash': googleHash(bytes),
  etag: '"stored"',
  'content-type': 'text/csv',
});
const asStored = (bytes: Buffer) => ({
  ...storedAsGzip(bytes),
  'content-encoding': 'gzip',
  'content-length': String(bytes.length),
});

describe('an object that its store keeps compressed', () => {
  it.each([
    ['small', SMALL],
    ['large', PLAIN],
  ])(
    'and decompresses on the way is not compared with the checksum of other bytes (%s)',
    async (_, plain) => {
      const link = await serve((request, response) => {
        expect(request.headers['accept-encoding']).toBe('identity');
        response.writeHead(200, storedAsGzip(gzipSync(plain)));
        response.end(plain);
      });
      expect(causesOf(await download(link))).toEqual([null]);
      expect((await kept(`table${SUFFIX}.csv`)).equals(plain)).toBe(true);
    },
  );

  it.each([
    ['small', SMALL],
    ['large', PLAIN],
  ])('and sends as it keeps it is compared with its checksum and decompressed (%s)', async (_, plain) => {
    const link = await serve((_request, response) => {
      response.writeHead(200, asStored(gzipSync(plain)));
      response.end(gzipSync(plain));
    });
    const result = await download(link);
    expect(causesOf(result)).toEqual([null]);
    expect((await kept(`table${SUFFIX}.csv`)).equals(plain)).toBe(true);
    const sidecar = JSON.parse(String(await kept(result.metadataFile ?? ''))) as object;
    expect(sidecar).toMatchObject({
      files: [{ size: plain.length, sha256: createHash('sha256').update(plain).digest('hex') }],
    });
    expect(await readdir(join(folder, '.rowtrail-staging')).catch(() => [])).toEqual([]);
  });

  it('and sends as it keeps it goes on after a cut, in the bytes as they are kept', async () => {
    const ranges: (string | undefined)[] = [];
    const link = await serve((request, response) => {
      ranges.push(request.headers.range);
      const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const bytes = STORED.subarray(start);
      response.writeHead(start === 0 ? 200 : 206, {
        ...asStored(STORED),
        'accept-ranges': 'bytes',
        'content-length': String(bytes.length),
        ...(start === 0 ? {} : { 'content-range': `bytes ${start}-${STORED.length - 1}/${STORED.length}` }),
      });
      if (ranges.length > 1) response.end(bytes);
      else response.write(bytes.subarray(0, STORED.length - 1000), () => response.destroy());
    });
    expect(STORED.length).toBeGreaterThan(600_000);
    expect(causesOf(await download(link))).toEqual([null]);
    expect(ranges[1]).toMatch(/^bytes=[1-9]/);
    expect((await kept(`table${SUFFIX}.csv`)).equals(PLAIN)).toBe(true);
  });

  it('is not continued with a range that is not said to be compressed', async () => {
    let asked = 0;
    const link = await serve((request, response) => {
      asked += 1;
      const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      if (asked > 1 && start > 0) {
        response.writeHead(206, {
          etag: '"stored"',
          'content-range': `bytes ${start}-${STORED.length - 1}/${STORED.length}`,
        });
        response.end(STORED.subarray(start));
        return;
      }
      response.writeHead(200, { ...asStored(STORED), 'accept-ranges': 'bytes' });
      if (asked > 1) response.end(STORED);
      else response.write(STORED.subarray(0, STORED.length - 1000), () => response.destroy());
    });
    expect(causesOf(await download(link))).toEqual([null]);
    expect((await kept(`table${SUFFIX}.csv`)).equals(PLAIN)).toBe(true);
  });

  it('with other bytes than its checksum says is a hash mismatch', async () => {
    const link = await serve((_request, response) => {
      response.writeHead(200, { ...asStored(STORED), 'x-goog-hash': googleHash(PLAIN) });
      response.end(STORED);
    });
    expect(causesOf(await download(link))).toEqual(['hash_mismatch']);
    expect(await visible()).toEqual([]);
  });

  it('with a checksum of the file before it was compressed on the way is not compared with that', async () => {
    const link = await serve((_request, response) => {
      response.writeHead(200, {
        ...asStored(STORED),
        'x-goog-stored-content-encoding': 'identity',
        'x-goog-hash': googleHash(PLAIN),
      });
      response.end(STORED);
    });
    expect(causesOf(await download(link))).toEqual([null]);
    expect((await kept(`table${SUFFIX}.csv`)).equals(PLAIN)).toBe(true);
  });
});

describe('an encoded file', () => {
  it.each([
    ['data.csv.gz', 'text/csv'],
    ['data.tgz', 'application/octet-stream'],
    ['data.bin', 'application/x-gzip'],
  ])('that is a compressed one itself stays as it is: %s as %s', async (name, type) => {
    const link = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip', etag: '"1"' });
      response.end(STORED);
    }, name);
    const result = await download(link);
    expect(causesOf(result)).toEqual([null]);
    expect((await kept(result.filesDownloaded[0] ?? '')).equals(STORED)).toBe(true);
  });

  it.each([
    ['cut short', STORED.subarray(0, 500_000)],
    ['of other bytes', Buffer.from('a,b\n')],
    ['of a wrong sum', Buffer.concat([STORED.subarray(0, -8), Buffer.alloc(8)])],
    ['of nothing', gzipSync('')],
  ])('that cannot be decoded is never kept, and fetched again: %s', async (_, bytes) => {
    const link = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': String(bytes.length) });
      response.end(bytes);
    });
    const result = await download(link);
    expect(causesOf(result)[0]).toMatch(/^(?:unexpected_page|short_body)$/);
    expect(result.permanentFailure).toBe(false);
    expect(await visible()).toEqual([]);
  });

  it('that could not be decoded is fetched anew by the next attempt', async () => {
    const starts: (string | undefined)[] = [];
    const link = await serve((request, response) => {
      starts.push(request.headers.range);
      const bytes = Buffer.from(STORED);
      if (starts.length === 1) bytes.fill(7, 1000, 2000);
      response.writeHead(200, { ...asStored(bytes), 'accept-ranges': 'bytes', 'x-goog-hash': '' });
      response.end(bytes);
    });
    expect(causesOf(await download(link))).toEqual(['unexpected_page']);
    expect(causesOf(await download(link))).toEqual([null]);
    expect(starts).toEqual([undefined, undefined]);
    expect((await kept(`table${SUFFIX}.csv`)).equals(PLAIN)).toBe(true);
  });

  it('that grows beyond measure is never kept, and fills no disk', async () => {
    const zeros = gzipSync(Buffer.alloc(1 << 20), { level: 9 });
    const many = Buffer.concat(Array.from({ length: 200 }, () => zeros));
    const link = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': String(many.length) });
      response.end(many);
    });
    const result = await download(link);
    expect(causesOf(result)).toEqual(['unexpected_page']);
    expect(result.errorMessage).toContain('times its size');
    expect(await visible()).toEqual([]);
  }, 60_000);

  it('in another encoding is refused by name', async () => {
    const link = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'br' });
      response.end(brotliCompressSync(PLAIN));
    });
    const result = await download(link);
    expect(causesOf(result)).toEqual(['unexpected_page']);
    expect(result.errorMessage).toContain('(br)');
    expect(await visible()).toEqual([]);
  });
});

/** An answer as it stands, byte by byte. */
const raw =
  (head: string, body: Buffer): Answer =>
  ({ socket }) => {
    socket.end(Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${head}\r\nConnection: close\r\n\r\n`), body]));
  };
const inChunks = (bytes: Buffer) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n0\r\n\r\n')]);

describe('the way that bytes are sent in', () => {
  it.each(['gzip, chunked', 'gzip', 'deflate, chunked', 'Chunked, GZIP'])(
    'is refused by name where it was not asked for: %s',
    async (coding) => {
      const small = gzipSync(SMALL);
      const body = /chunked$/i.test(coding) ? inChunks(small) : small;
      const result = await download(await serve(raw(`Transfer-Encoding: ${coding}`, body)));
      expect(causesOf(result)[0]).toMatch(/^(?:unexpected_page|connection_failed)$/);
      expect(result.errorMessage).toMatch(
        /Transfer-Encoding \(.*(?:gzip|deflate).*\)|breaks the rules of HTTP/,
      );
      expect(await visible()).toEqual([]);
    },
  );

  it.each(['chunked', 'Chunked', ' chunked '])('is taken as it is usual: %j', async (coding) => {
    const link = await serve(raw(`Transfer-Encoding: ${coding}`, inChunks(SMALL)));
    expect(causesOf(await download(link))).toEqual([null]);
  });

  it('with its length said twice is a fault of the host, and named', async () => {
    const link = await serve(
      raw(`Content-Length: ${SMALL.length}\r\nContent-Length: ${SMALL.length}`, SMALL),
    );
    const result = await download(link);
    expect(causesOf(result)).toEqual(['connection_failed']);
    expect(result.errorMessage).toContain('said one more than once');
  });

  it('that breaks the rules of HTTP is a fault of the host, and named', async () => {
    const result = await download(await serve(raw('no header', SMALL)));
    expect(causesOf(result)).toEqual(['connection_failed']);
    expect(result.errorMessage).toContain('breaks the rules of HTTP');
  });
});

import type { IncomingMessage, ServerResponse } from 'node:http';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import { STAGING_FOLDER } from '../../../src/files/index.ts';
import { causesOf, downloadFrom, serveFile, SUFFIX } from './fixtures.ts';
import { smallDisk } from '../../tracker/torture/full-disk.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const BODY = Buffer.from(Array.from({ length: 2_000_000 }, (_, i) => (i * 31) % 251));
const TAG = '"one"';

let folder: string;
beforeEach(async () => {
  folder = await tempFolder();
});

const causeOf = async (link: string) => causesOf(await downloadFrom(link, folder))[0];
const visible = async () => (await readdir(folder)).filter((name) => name !== STAGING_FOLDER);

/** What a whole answer says. */
const whole = {
  etag: TAG,
  'content-type': 'application/octet-stream',
  'content-length': String(BODY.length),
};

/** Gives the first 1,200,000 bytes and then cuts; what is asked for afterwards is answered by `next`. */
function cutThen(next: (response: ServerResponse, start: number, asked: number) => void) {
  let asked = 0;
  return (request: IncomingMessage, response: ServerResponse) => {
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    asked += 1;
    if (asked > 1) return next(response, start, asked);
    response.writeHead(200, whole);
    response.write(BODY.subarray(0, 1_200_000), () => response.destroy());
  };
}

/** A part with headers of its own. */
function part(
  response: ServerResponse,
  start: number,
  headers: Record<string, string>,
  bytes = BODY.subarray(start),
) {
  response.writeHead(206, {
    etag: TAG,
    'content-length': String(bytes.length),
    'content-range': `bytes ${start}-${BODY.length - 1}/${BODY.length}`,
    ...headers,
  });
  response.end(bytes);
}

describe('a host that contradicts itself', () => {
  it('about the range that it sends is not believed, and asked again for what is missing', async () => {
    const starts: number[] = [];
    const { link } = await serveFile(
      cutThen((response, start, asked) => {
        starts.push(start);
        const said = `bytes ${start - 5}-${BODY.length - 6}/${BODY.length}`;
        part(response, start, asked === 2 ? { 'content-range': said } : {});
      }),
    );
    expect(await causeOf(link)).toBe(null);
    expect((await readFile(join(folder, `file${SUFFIX}.bin`))).equals(BODY)).toBe(true);
    expect(starts).toHaveLength(2);
    for (const start of starts) expect(start).toBeGreaterThan(1_000_000);
  });

  it.each([
    ['the length of a range', { 'content-range': 'bytes 0-99/2000000' }],
    ['a range behind its end', { 'content-range': 'bytes 1200000-2000000/2000000' }],
    ['a range that cannot be read', { 'content-range': 'bytes */*' }],
  ])(
    'about %s gives no file',
    async (_, headers) => {
      const { link } = await serveFile(cutThen((response, start) => part(response, start, headers)));
      expect(await causeOf(link)).toBe('short_body');
      expect(await visible()).toEqual([]);
    },
    20_000,
  );

  it.each(['12x', '-5', '99999999999999999999'])(
    'with the Content-Length %s gives no file',
    async (length) => {
      const { link } = await serveFile((request, response) => {
        request.socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\nETag: ${TAG}\r\n\r\nhello`);
        response.destroy();
      });
      expect(await causeOf(link)).toMatch(/^(short_body|connection_failed)$/);
      expect(await visible()).toEqual([]);
    },
    20_000,
  );

  it('by another size in the middle is asked from the first byte', async () => {
    const other = Buffer.concat([BODY, BODY]);
    const { link } = await serveFile(
      cutThen((response, start) => {
        const headers = { etag: '"two"', 'content-length': String(other.length), 'accept-ranges': 'bytes' };
        if (start === 0) response.writeHead(200, headers).end(other);
        else {
          const bytes = other.subarray(start);
          part(
            response,
            start,
            {
              etag: '"two"',
              'content-range': `bytes ${start}-${other.length - 1}/${other.length}`,
            },
            bytes,
          );
        }
      }),
    );
    expect(await causeOf(link)).toBe(null);
    expect((await readFile(join(folder, `file${SUFFIX}.bin`))).equals(other)).toBe(true);
  });

  it('by ignoring ranges is asked for the whole once more', async () => {
    const { link } = await serveFile(
      cutThen((response) => {
        response.writeHead(200, whole);
        response.end(BODY);
      }),
    );
    expect(await causeOf(link)).toBe(null);
    expect((await readFile(join(folder, `file${SUFFIX}.bin`))).equals(BODY)).toBe(true);
  });
});

describe('a checksum', () => {
  const hash = (bytes: Buffer) => `md5=${createHash('md5').update(bytes).digest('base64')}`;
  const other = Buffer.from(BODY.map((byte) => byte ^ 1));
  const stored = () => readFile(join(folder, `file${SUFFIX}.bin`));

  it('that is written in no way a checksum is says nothing against the file', async () => {
    const { link } = await serveFile((_, response) =>
      response.writeHead(200, { ...whole, 'x-goog-hash': 'crc32c=none,md5=!!!' }).end(BODY),
    );
    expect(await causeOf(link)).toBe(null);
  });

  it('that only the first answer says holds for what comes of the rest', async () => {
    let asked = 0;
    const { link } = await serveFile((request, response) => {
      asked += 1;
      const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      if (start > 0) return part(response, start, {}, other.subarray(start));
      response.writeHead(200, { ...whole, 'x-goog-hash': hash(BODY) });
      if (asked > 1) return response.end(BODY);
      response.write(BODY.subarray(0, 1_200_000), () => response.destroy());
    });
    expect(await causeOf(link)).toBe(null);
    expect((await stored()).equals(BODY)).toBe(true);
    expect(asked).toBe(3);
  });

  it('that the first answer does not say is compared all the same, and not fetched again for', async () => {
    let asked = 0;
    const { link } = await serveFile(
      cutThen((response, start) => {
        asked += 1;
        part(response, start, { 'x-goog-hash': hash(BODY) });
      }),
    );
    expect(await causeOf(link)).toBe(null);
    expect((await stored()).equals(BODY)).toBe(true);
    expect(asked).toBe(1);
  });
});

it('weak tags that differ are those of two files, also within the second that a date tells', async () => {
  const date = { 'last-modified': 'Sun, 13 Sep 2020 12:27:40 GMT' };
  const other = Buffer.from(BODY.map((byte) => byte ^ 1));
  let asked = 0;
  const { link } = await serveFile((request, response) => {
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    asked += 1;
    const said = { ...date, etag: asked === 1 ? 'W/"1"' : 'W/"2"' };
    if (start > 0) return part(response, start, said, other.subarray(start));
    response.writeHead(200, { ...whole, ...said });
    if (asked > 1) return response.end(other);
    response.write(BODY.subarray(0, 1_200_000), () => response.destroy());
  });
  expect(await causeOf(link)).toBe(null);
  expect((await readFile(join(folder, `file${SUFFIX}.bin`))).equals(other)).toBe(true);
});

it.each(['gzip, chunked', 'chunked, gzip', 'x-chunked', 'chunked, chunked'])(
  'what comes in the transfer encoding %s is not taken for the file',
  async (encoding) => {
    const { link } = await serveFile((request, response) => {
      const head = `HTTP/1.1 200 OK\r\nTransfer-Encoding: ${encoding}\r\nETag: ${TAG}\r\n\r\n`;
      request.socket.end(`${head}5\r\nhello\r\n0\r\n\r\n`);
      response.destroy();
    });
    expect(await causeOf(link)).toMatch(/^(unexpected_page|connection_failed)$/);
    expect(await visible()).toEqual([]);
  },
);

it('what a host sends too much behind an answer costs the next one no attempt', async () => {
  let first: Socket | null = null;
  const { link, requests } = await serveFile(({ socket }, response) => {
    if (first === null) {
      first = socket;
      response.writeHead(503, { 'content-length': '0' }).end();
    } else if (socket === first) socket.write('<!-- served in 3 ms -->');
    else response.writeHead(200, whole).end(BODY);
  });
  expect(await causeOf(link)).toBe('server_error');
  expect(await causeOf(link)).toBe(null);
  expect(requests).toHaveLength(3);
});

describe('a full disk', () => {
  const disk = smallDisk(tmpdir());

  it.skipIf(disk === null)(
    'in the middle of a transfer is named, costs no attempt and leaves no part of a file under its name',
    async () => {
      const size = 20 << 20;
      const { link } = await serveFile((_, response) => {
        response.writeHead(200, { ...whole, 'content-length': String(size) });
        response.end(Buffer.alloc(size, 'x'));
      });
      const [command = '', ...args] = [
        ...(smallDisk(folder) ?? []),
        process.execPath,
        '--input-type=module',
        '-e',
      ];
      const { stdout, stderr } = await runAside(command, [...args, program(link)]);
      expect(stderr).toBe('');
      const seen = JSON.parse(stdout) as { cause: string; message: string; names: string[] };
      expect(seen.cause).toBe('disk_full');
      expect(seen.message).toContain('ENOSPC');
      expect(seen.names).toEqual([]);
    },
    30_000,
  );

  function program(link: string): string {
    const from = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
    return `import { readdirSync } from 'node:fs';
      import { downloadDriveWithContext } from ${from('../../../src/sources/drive/index.ts')};
      import { RowContext } from ${from('../../../src/row/index.ts')};
      const row = new RowContext({ rowId: '7', rowIndex: 0, type: 'A', name: 'Ada', email: 'a@b.org' });
      const outputDir = ${JSON.stringify(folder)};
      const { items } = await downloadDriveWithContext(${JSON.stringify(link)}, row, {
        outputDir, allowDirectLinks: true, network: { proxy: null, caCertFile: null },
      });
      const names = readdirSync(outputDir).filter((name) => !name.startsWith('.'));
      console.log(JSON.stringify({ ...items[0].failure, names }));`;
  }
});

/** Runs a program while this process goes on serving. */
async function runAside(command: string, args: readonly string[]) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { stdout, stderr };
}

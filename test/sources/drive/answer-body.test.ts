import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { giveBack } from '../../../src/sources/drive/http/answer-body.ts';
import { createHttpClient } from '../../../src/sources/drive/http/http-client.ts';
import { resetConnection } from '../../support/reset-connection.ts';

/** Bytes by which an answer and a place in it are known. */
function bodyOf(id: number, size: number): Buffer {
  const body = Buffer.alloc(size);
  for (let at = 0; at < size; at += 1) body[at] = (id * 31 + at * 7 + (at >> 8)) & 0xff;
  return body;
}

/** Pseudo-random, so that a failure can be seen again. */
function randomFrom(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

const random = randomFrom(7);

/** Paths are /<id>/<bytes>/<kind>; what is sent is cut anywhere, also within heads. */
async function answer(socket: Socket, path: string): Promise<void> {
  const [, id = '', size = '', kind] = path.split('/');
  const body = bodyOf(Number(id), Number(size));
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n';
  if (kind === 'cut') {
    socket.write(Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length * 2}\r\n\r\n`), body]));
    await delay(20);
    resetConnection(socket);
    return;
  }
  const parts: Buffer[] = [];
  if (kind === 'chunked') {
    parts.push(Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`));
    for (let at = 0; at < body.length;) {
      const chunk = body.subarray(at, at + 1 + random(100_000));
      parts.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
      at += chunk.length;
    }
    parts.push(Buffer.from('0\r\n\r\n'));
  } else parts.push(Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body);
  const all = Buffer.concat(parts);
  for (let at = 0; at < all.length;) {
    const end = at + 1 + random(random(3) === 0 ? 60 : 300_000);
    socket.write(all.subarray(at, end));
    at = end;
    if (random(4) === 0) await nextTurn();
  }
}

const serve = () =>
  createServer({ noDelay: true }, (socket) => {
    let waiting = '';
    let last = Promise.resolve();
    socket.setEncoding('latin1').on('error', () => {});
    socket.on('data', (text) => {
      waiting += String(text);
      for (let at = waiting.indexOf('\r\n\r\n'); at >= 0; at = waiting.indexOf('\r\n\r\n')) {
        const path = waiting.split(' ')[1] ?? '';
        waiting = waiting.slice(at + 4);
        last = last.then(() => answer(socket, path));
      }
    });
  });
/** @returns what its addresses begin with */
async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

const server = serve();
let origin = '';
beforeAll(async () => void (origin = await listening(server)));
afterAll(() => void server.close());

const direct = { proxy: null, caCertFile: null };

async function get(path: string, from = origin) {
  const client = await createHttpClient(direct, undefined);
  const { body } = await client.get(`${from}${path}`, {});
  return body;
}

describe('the body of an answer', () => {
  test.each([
    ['plain', 3_000_000, false],
    ['chunked', 3_000_000, false],
    ['chunked', 700_000, true],
    ['plain', 1, true],
  ])('that was looked into comes whole (%s, %i bytes)', async (kind, size, isWhole) => {
    const body = await get(`/9/${size}/${kind}`);
    const seen = await body.peek(1 << 20);
    expect(seen.isWhole).toBe(isWhole);
    expect(seen.bytes).toBeGreaterThanOrEqual(Math.min(size, 1 << 20));
    expect(seen.bytes).toBeLessThanOrEqual(size);
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(bodyOf(9, size))).toBe(true);
  });

  test('that is cut while it is looked into says so', async () => {
    await expect((await get('/9/1000/cut')).peek(1 << 20)).rejects.toThrow(/closed|reset/i);
  });

  test('keeps each chunk as it came until it is given back, however heads, chunks and reads are cut', async () => {
    let next = 0;
    const work = async () => {
      while (next < 240) {
        const id = next++;
        const size = 1 + random(id % 4 === 0 ? 1_500_000 : 120_000);
        const expected = bodyOf(id, size);
        const held: { readonly at: number; readonly chunk: Buffer }[] = [];
        const look = ({ at, chunk }: { readonly at: number; readonly chunk: Buffer }) => {
          expect(chunk.equals(expected.subarray(at, at + chunk.length))).toBe(true);
          giveBack(chunk);
        };
        let at = 0;
        for await (const chunk of await get(`/${id}/${size}/${id % 3 === 0 ? 'chunked' : 'length'}`)) {
          held.push({ at, chunk });
          at += chunk.length;
          if (random(2) === 0) await nextTurn();
          while (held.length > random(6)) held.splice(0, 1).forEach(look);
        }
        expect(at).toBe(size);
        held.forEach(look);
      }
    };
    await Promise.all(Array.from({ length: 12 }, work));
  });

  test('lies in memory that is used again once it was given back', async () => {
    const places = new Set<ArrayBufferLike>();
    let chunks = 0;
    for await (const chunk of await get('/1/30000000/length')) {
      places.add(chunk.buffer);
      chunks += 1;
      giveBack(chunk);
    }
    expect(chunks).toBeGreaterThan(200);
    expect(places.size).toBeLessThan(chunks / 4);
  });

  test('brings what had come before its connection broke, and then the error', async () => {
    let bytes = 0;
    const read = async () => {
      for await (const chunk of await get('/1/50000/cut')) {
        bytes += chunk.length;
        await delay(60);
      }
    };
    await expect(read()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(bytes).toBe(50_000);
  });

  test('that is short can be dumped, and its connection is used again; nobody waits for the rest of a long one', async () => {
    const other = serve();
    const sockets: Socket[] = [];
    other.on('connection', (socket) => sockets.push(socket));
    const from = await listening(other);
    for (let id = 0; id < 10; id += 1) await (await get(`/${id}/40000/length`, from)).dump();
    // undici looks at a connection once more before it uses it again, and may open a second one meanwhile.
    expect(sockets.length).toBeLessThan(4);
    await (await get('/3/50000000/length', from)).dump();
    const whole = await Array.fromAsync(await get('/4/1000/length', from));
    expect(Buffer.concat(whole).equals(bodyOf(4, 1000))).toBe(true);
    other.close();
    for (const socket of sockets) socket.destroy();
  });

  test('ends where nobody wants more of it', async () => {
    const body = await get('/5/2000000/length');
    for await (const chunk of body) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(await body.next()).toEqual({ done: true, value: undefined });
  });
});

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { contentOf, type HostileFile, publishedHash } from './hostile-file.ts';
import { resetConnection } from '../../../support/reset-connection.ts';

/** What a request meets. */
type Fault = 'none' | 'cut' | 'reset' | 'stall' | 'promises_more' | 'other_range' | 'wrong_bytes';

const FAULTS: readonly Fault[] = [
  'cut',
  'cut',
  'reset',
  'reset',
  'stall',
  'promises_more',
  'other_range',
  'wrong_bytes',
];

const PIECE = 64 << 10;
/** Bytes a second of a slow file's connection. */
const SLOW = 1_500_000;
/** Requests that a burst of refusals turns away. */
const BURST = 12;

export interface HostileServer extends AsyncDisposable {
  readonly origin: string;
  /** How often each thing went wrong. */
  readonly met: ReadonlyMap<string, number>;
  /** From now on nothing goes wrong by chance any more. */
  calmDown(): void;
}

/**
 * A server that cuts, resets, stalls, lies, changes files between two ranges and sends 429 in bursts.
 * @param isStored whether the client has stored a file
 */
export async function startHostileServer(
  files: readonly HostileFile[],
  random: () => number,
  isStored: (file: HostileFile) => boolean,
): Promise<HostileServer> {
  const met = new Map<string, number>();
  const count = (what: string) => met.set(what, (met.get(what) ?? 0) + 1);
  let isCalm = false;
  let refusing = 0;

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const file = files[Number(/^\/(\d+)\.bin$/.exec(request.url ?? '')?.[1])];
    if (file === undefined) return void response.writeHead(404).end();
    if (!isCalm && refusing === 0 && random() < 0.004) refusing = BURST;
    if (refusing > 0) {
      refusing -= 1;
      count('429');
      return void response.writeHead(429, { 'retry-after': '1', 'content-length': '0' }).end();
    }
    const { range } = request.headers;
    if (range !== undefined && file.changes && file.version === 1) {
      file.isFirstRight = isStored(file) || file.firstUnderWay > 0;
      file.version = 2;
      count('changed between two ranges');
    }
    const fault =
      isCalm || random() < 0.55 ? 'none' : (FAULTS[Math.floor(random() * FAULTS.length)] ?? 'none');
    const isFirst = file.version === 1 && range === undefined;
    if (isFirst) file.firstUnderWay += 1;
    await send(file, request, response, fault);
    if (isFirst) file.firstUnderWay -= 1;
  };

  const send = async (
    file: HostileFile,
    request: IncomingMessage,
    response: ServerResponse,
    chosen: Fault,
  ) => {
    const content = contentOf(file, file.version);
    const { start, end, isPart } = rangeOf(file, request);
    const canLie = file.checksummed && !isPart && !file.lied;
    const fault =
      (chosen === 'wrong_bytes' && !canLie) || (chosen === 'other_range' && !isPart) ? 'none' : chosen;
    if (fault !== 'none') count(fault);
    const shift = fault === 'other_range' && start > 0 ? 1 : 0;
    if (fault === 'wrong_bytes') {
      file.lied = true;
      const at = Math.floor(random() * content.length);
      content.writeUInt8(content.readUInt8(at) ^ 1, at);
    }
    const length = end - start + (fault === 'promises_more' && !isPart ? 10 : 0);
    response.writeHead(isPart ? 206 : 200, {
      'content-type': 'application/octet-stream',
      'content-length': String(length),
      ...validators(file),
      // For the log of what was delivered; the client knows nothing of it.
      ...(fault === 'wrong_bytes' ? { 'x-wrong-bytes': '1' } : {}),
      ...(file.checksummed ? { 'x-goog-hash': publishedHash(contentOf(file, file.version)) } : {}),
      ...(file.habit === 'no_ranges' ? {} : { 'accept-ranges': 'bytes' }),
      ...(isPart ? { 'content-range': `bytes ${start - shift}-${end - 1 - shift}/${file.size}` } : {}),
    });
    const stopsAt = ['cut', 'reset', 'stall'].includes(fault)
      ? start + Math.floor(random() * (end - start))
      : end;
    for (let at = start; at < stopsAt && !response.destroyed; at += PIECE) {
      const piece = content.subarray(at, Math.min(stopsAt, at + PIECE));
      if (file.habit === 'slow') await sleep((piece.length / SLOW) * 1000);
      file.sent += piece.length;
      // A kill, or the client left a connection whose rest another one brings.
      if (!(await written(response, piece))) return;
    }
    if (fault === 'stall') await sleep(200 + random() * 600);
    if (stopsAt < end || length > end - start) {
      if (fault === 'reset') resetConnection(request.socket);
      else response.destroy();
    } else response.end();
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.destroy();
      throw error;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    met,
    calmDown: () => (isCalm = true),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** The date of a file's version. */
function modifiedOf({ version }: HostileFile): string {
  return new Date(1_600_000_000_000 + version * 60_000).toUTCString();
}

function validators(file: HostileFile): Record<string, string> {
  const modified = modifiedOf(file);
  const tag = `"${file.number}-${file.version}"`;
  if (file.habit === 'date_only') return { 'last-modified': modified };
  if (file.habit === 'weak_tag') return { etag: `W/${tag}`, 'last-modified': modified };
  return { etag: tag, 'last-modified': modified };
}

function rangeOf(file: HostileFile, { headers }: IncomingMessage) {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
  const whole = { start: 0, end: file.size, isPart: false };
  if (first === undefined || file.habit === 'no_ranges' || Number(first) >= file.size) return whole;
  const condition = headers['if-range'];
  if (condition !== undefined && !Object.values(validators(file)).includes(String(condition))) return whole;
  const end = last === undefined || last === '' ? file.size : Math.min(file.size, Number(last) + 1);
  return { start: Number(first), end, isPart: true };
}

/** False when the client has gone. */
function written(response: ServerResponse, piece: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const gone = () => resolve(false);
    response.once('close', gone);
    response.write(piece, (error) => {
      response.off('close', gone);
      resolve(!error);
    });
  });
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { contentOf, type HostileFile, publishedHash } from './hostile-file.ts';

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
  /**
   * The client was killed. Of what it asked for since the last kill, the system may have held everything, also of bodies that
   * were sent to their end.
   */
  killed(isDone: (file: HostileFile) => boolean): void;
  /** From now on nothing goes wrong by chance any more. */
  calmDown(): void;
}

/** A server that cuts, resets, stalls, lies, changes files between two ranges and sends 429 in bursts. */
export async function startHostileServer(
  files: readonly HostileFile[],
  random: () => number,
): Promise<HostileServer> {
  const met = new Map<string, number>();
  const count = (what: string) => met.set(what, (met.get(what) ?? 0) + 1);
  let isCalm = false;
  let refusing = 0;
  let kills = 0;

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const file = files[Number(/^\/(\d+)\.bin$/.exec(request.url ?? '')?.[1])];
    if (file === undefined) return void response.writeHead(404).end();
    if (!isCalm && refusing === 0 && random() < 0.004) refusing = BURST;
    if (refusing > 0) {
      refusing -= 1;
      count('429');
      return void response.writeHead(429, { 'retry-after': '1', 'content-length': '0' }).end();
    }
    if (file.isStored) {
      // The head of this answer is all that is wanted, once.
      file.isStored = false;
      file.losses += 1;
    }
    const { range } = request.headers;
    if (range !== undefined && file.changes && file.version === 1) {
      file.version = 2;
      file.restarts += 1;
      // A further connection that learns of it leaves its answer; the file is then asked for from its beginning.
      file.losses += 1;
      count('changed between two ranges');
    }
    const fault =
      isCalm || random() < 0.55 ? 'none' : (FAULTS[Math.floor(random() * FAULTS.length)] ?? 'none');
    await send(file, request, response, fault);
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
      file.restarts += 1;
    }
    // Such an answer is left, however much of it is on its way.
    if (fault === 'other_range') file.losses += 1;
    if (fault === 'promises_more') file.restarts += 1;
    const length = end - start + (fault === 'promises_more' && !isPart ? 10 : 0);
    response.writeHead(isPart ? 206 : 200, {
      'content-type': 'application/octet-stream',
      'content-length': String(length),
      ...validators(file),
      ...(file.checksummed ? { 'x-goog-hash': publishedHash(contentOf(file, file.version)) } : {}),
      ...(file.habit === 'no_ranges' ? {} : { 'accept-ranges': 'bytes' }),
      ...(isPart ? { 'content-range': `bytes ${start - shift}-${end - 1 - shift}/${file.size}` } : {}),
    });
    const stopsAt = ['cut', 'reset', 'stall'].includes(fault)
      ? start + Math.floor(random() * (end - start))
      : end;
    const range = { start, end: start, kills, version: file.version, wasCut: stopsAt < end };
    file.ranges.push(range);
    for (let at = start; at < stopsAt && !response.destroyed; at += PIECE) {
      const piece = content.subarray(at, Math.min(stopsAt, at + PIECE));
      if (file.habit === 'slow') await sleep((piece.length / SLOW) * 1000);
      file.sent += piece.length;
      range.end = at + piece.length;
      if (await written(response, piece)) continue;
      // A kill, or the client left a connection whose rest another one brings.
      file.losses += 1;
      return;
    }
    if (fault === 'stall') await sleep(200 + random() * 600);
    if (stopsAt < end || length > end - start) {
      if (fault === 'reset') {
        file.losses += 1;
        request.socket.resetAndDestroy();
      } else {
        file.cuts += 1;
        response.destroy();
      }
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
    killed: (isDone) => {
      for (const file of files) {
        file.isStored = isDone(file);
        if (!file.isStored) file.losses += file.ranges.filter((range) => range.kills === kills).length;
      }
      kills += 1;
    },
    calmDown: () => (isCalm = true),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** The date of a file's version. */
export function modifiedOf({ version }: HostileFile): string {
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

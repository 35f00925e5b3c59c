import { createServer, type Socket } from 'node:net';

/**
 * The server that all sides of the measurement fetch from, as a process of its own: one byte pattern in memory, sent straight to the
 * socket. Paths are `/<bytes>/<name>`; ranges and kept-alive connections are honoured. Prints its port.
 *
 * `LATENCY_MS` passes between a request and its answer; `BYTES_PER_SECOND` is what each connection gets.
 */
const latencyMs = Number(process.env['LATENCY_MS'] ?? 0);
const bytesPerSecond = Number(process.env['BYTES_PER_SECOND'] ?? 0);

/** Pieces a second that a slow body is cut into. */
const PIECES_PER_SECOND = 32;

const PATTERN = Buffer.alloc(4 << 20);
for (let i = 0; i < PATTERN.length; i += 4) PATTERN.writeUInt32LE(Math.imul(i, 2654435761) >>> 0, i);

/** A body begins at `start` of a file that repeats the pattern. */
function pieceAt(start: number, length: number): Buffer {
  const at = start % PATTERN.length;
  return PATTERN.subarray(at, Math.min(PATTERN.length, at + length));
}

const MODIFIED = new Date(1_700_000_000_000).toUTCString();

interface Asked {
  readonly start: number;
  readonly end: number;
  readonly head: string;
  readonly close: boolean;
}

function answerTo(request: string): Asked {
  const [line = ''] = request.split('\r\n', 1);
  const [method = '', path = ''] = line.split(' ');
  const target = path.startsWith('http') ? new URL(path).pathname : path;
  const size = Number(/^\/(\d+)\//.exec(target)?.[1] ?? NaN);
  const close = /\r\nconnection: *close/i.test(request);
  if (Number.isNaN(size)) {
    return { start: 0, end: 0, close, head: 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n' };
  }
  const [, from, to] = /\r\nrange: *bytes=(\d+)-(\d*)/i.exec(request) ?? [];
  const start = Number(from ?? 0);
  const end = to === undefined || to === '' ? size : Math.min(size, Number(to) + 1);
  const status = from === undefined ? '200 OK' : '206 Partial Content';
  const range = from === undefined ? '' : `Content-Range: bytes ${start}-${end - 1}/${size}\r\n`;
  const head =
    `HTTP/1.1 ${status}\r\nContent-Type: application/octet-stream\r\nContent-Length: ${end - start}\r\n` +
    `${range}ETag: "${size}"\r\nLast-Modified: ${MODIFIED}\r\nAccept-Ranges: bytes\r\n` +
    `${close ? 'Connection: close\r\n' : ''}\r\n`;
  return { start, end: method === 'HEAD' ? start : end, head, close };
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const drained = (socket: Socket) =>
  new Promise<void>((resolve) => {
    const done = () => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.once('drain', done);
    socket.once('close', done);
  });

async function send(socket: Socket, { start, end, head, close }: Asked): Promise<void> {
  if (latencyMs > 0) await pause(latencyMs);
  socket.cork();
  socket.write(head, 'latin1');
  let at = start;
  const began = performance.now();
  while (at < end && !socket.destroyed) {
    const most = bytesPerSecond > 0 ? Math.ceil(bytesPerSecond / PIECES_PER_SECOND) : PATTERN.length;
    const piece = pieceAt(at, Math.min(end - at, most));
    const isFull = !socket.write(piece);
    socket.uncork();
    at += piece.length;
    if (bytesPerSecond > 0) {
      const due = ((at - start) / bytesPerSecond) * 1000 - (performance.now() - began);
      if (due > 0) await pause(due);
    } else if (isFull && at < end) await drained(socket);
  }
  socket.uncork();
  if (close) socket.end();
}

const server = createServer({ noDelay: true }, (socket) => {
  let waiting = '';
  let busy = false;
  const work = async () => {
    if (busy) return;
    busy = true;
    for (let at = waiting.indexOf('\r\n\r\n'); at >= 0; at = waiting.indexOf('\r\n\r\n')) {
      const request = waiting.slice(0, at + 4);
      waiting = waiting.slice(at + 4);
      await send(socket, answerTo(request));
    }
    busy = false;
  };
  socket.setEncoding('latin1');
  socket.on('data', (text) => {
    waiting += String(text);
    void work();
  });
  socket.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});
// Whoever started it holds its standard input; when that ends, so does the server.
process.stdin.on('end', () => process.exit(0)).resume();

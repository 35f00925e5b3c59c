import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Asked, Draft } from './draft.ts';
import type { Stop } from './story.ts';

const PIECE = 64 << 10;
/** Long enough for what was sent to be on its way to the disk when the client is stopped. */
const BEFORE_STOP_MS = 15;

/** A client's connection. */
export interface Line {
  readonly socket: Socket;
  /** Ends it with RST. */
  readonly reset: () => void;
}

/** Has each request of a connection answered, one after the other. */
export function converse({ socket }: Line, answer: (asked: Asked, head: string) => Promise<void>): void {
  let head = '';
  let answering = Promise.resolve();
  // The client may go; what that means is for the client to say.
  socket.on('error', () => {});
  socket.setEncoding('latin1').on('data', (text: string) => {
    head += text;
    for (let end = head.indexOf('\r\n\r\n'); end >= 0; end = head.indexOf('\r\n\r\n')) {
      const one = head.slice(0, end);
      head = head.slice(end + 4);
      answering = answering.then(() => answer(askedIn(one), one));
    }
  });
}

/** @param stop where the client is stopped in the answer */
export async function sendDraft(
  { socket, reset }: Line,
  { status, headers, body, before, after, trailers, isChunked, end, stallMs, dripMs, cutAt }: Draft,
  stop: Stop | null,
  onStop: () => void,
): Promise<void> {
  const lines = [...headers].flatMap(([name, values]) => values.map((value) => `${name}: ${value}`));
  const isCut = end === 'cut' || end === 'reset';
  const last = isCut ? Math.min(cutAt, body.length) : body.length;
  // Without a body what comes behind the answer comes with its head.
  const isAtOnce = last === 0 && !isCut;
  if (isAtOnce) socket.cork();
  socket.write(`${before}HTTP/1.1 ${status} X\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  if (stallMs > 0 && !isAtOnce) await sleep(stallMs);
  const stopAt = stop === null ? null : Math.floor((last * stop.percent) / 100);
  const edges = Array.from({ length: Math.ceil(last / PIECE) }, (_, i) => i * PIECE);
  const starts = [...new Set([0, ...edges, ...(stopAt === null ? [] : [stopAt]), last])].toSorted(
    (a, b) => a - b,
  );
  const tail = isCut ? '' : `${isChunked ? `0\r\n${trailers}\r\n` : ''}${after}`;
  for (const [i, at] of starts.entries()) {
    if (at === stopAt) {
      await sleep(BEFORE_STOP_MS);
      onStop();
    }
    const piece = body.subarray(at, starts[i + 1] ?? last);
    if (piece.length === 0) continue;
    if (socket.destroyed) return;
    const framed = isChunked ? [`${piece.length.toString(16)}\r\n`, piece, '\r\n'] : [piece];
    socket.cork();
    for (const part of framed) socket.write(part);
    // What comes behind the last piece comes with it, and in no other answer.
    if (!isCut && at + piece.length === last) break;
    socket.uncork();
    if (dripMs > 0) await sleep(dripMs);
    else if (socket.writableNeedDrain) await drained(socket);
  }
  // What was written before a reset is to arrive.
  if (isCut) await sleep(5);
  if (end === 'reset') return void reset();
  if (isCut) return void socket.end();
  socket.write(tail);
  socket.uncork();
  if (end === 'closed') socket.end();
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      socket.off('drain', go).off('close', go);
      resolve();
    };
    socket.on('drain', go).on('close', go);
  });
}

function askedIn(head: string): Asked {
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1] ?? null;
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(header('range') ?? '') ?? [];
  const range = first === undefined ? null : { first: Number(first), last: last ? Number(last) : null };
  return {
    host: header('host') ?? '',
    path: /^GET (\S+)/.exec(head)?.[1] ?? '',
    range,
    ifRange: header('if-range'),
  };
}

import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Asked, type Draft, rightAnswer, versionOf } from './draft.ts';
import type { Story, Stop } from './story.ts';
import { apply } from './tweaks.ts';

const PIECE = 64 << 10;
/** Long enough for what was sent to be on its way to the disk when the client is stopped. */
const BEFORE_STOP_MS = 15;

/** What a server did in one attempt. */
export interface Sent {
  requests: number;
  /** Whether an answer said that the file is not to be had by this link. */
  isFinal: boolean;
  /** Answers that were whole by their own words and were not the file. */
  falseWholes: number;
  /** Names of what was wrong. */
  readonly wrongs: string[];
}

/** A server of one file that answers as a story says, byte by byte. */
export class AnswerServer implements AsyncDisposable {
  readonly #story: Story;
  readonly #server = createServer((socket) => this.#converse(socket));
  readonly #sockets = new Set<Socket>();
  #requests = 0;
  #stop: Stop | null = null;
  #onStop = () => {};
  /** Whether nothing is wrong any more. */
  isCalm = false;
  sent: Sent = nothingSent();
  /** What a client may take for the whole file. */
  readonly offered: Buffer[] = [];

  constructor(story: Story) {
    this.#story = story;
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/file.bin`;
  }

  /** The version that the last answer was of. */
  version = 1;

  /** @param onStop called when the client is to be stopped */
  beginAttempt(stop: Stop | null, onStop: () => void): void {
    this.sent = nothingSent();
    this.#stop = stop;
    this.#onStop = onStop;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #converse(socket: Socket): void {
    this.#sockets.add(socket);
    // The client has gone; what that means is for the client to say.
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
    let head = '';
    let answering = Promise.resolve();
    socket.setEncoding('latin1').on('data', (text: string) => {
      head += text;
      for (let end = head.indexOf('\r\n\r\n'); end >= 0; end = head.indexOf('\r\n\r\n')) {
        const asked = askedIn(head.slice(0, end));
        head = head.slice(end + 4);
        answering = answering.then(() => this.#answer(socket, asked));
      }
    });
  }

  async #answer(socket: Socket, asked: Asked): Promise<void> {
    const { file, answers } = this.#story;
    const number = this.#requests++;
    const version = file.changesAt !== null && number >= file.changesAt ? 2 : 1;
    this.version = version;
    const inAttempt = this.sent.requests++;
    const calm = {
      ...file,
      hash: file.hash === 'wrong' || file.hash === 'garbage' ? 'none' : file.hash,
    } as const;
    const draft = rightAnswer(this.isCalm ? { ...calm, ranges: 'given' } : file, version, asked);
    if (asked.path === '/loop') apply(draft, 'redirect', 3);
    else if (!this.isCalm)
      for (const { name, arg } of answers[number] ?? []) {
        apply(draft, name, arg);
        this.sent.wrongs.push(name);
      }
    this.#note(draft);
    // What comes behind an answer comes with it: later it would be the answer to the next request.
    const isMore = draft.after !== '' || Number(draft.headers.get('content-length')?.[0]) < draft.body.length;
    const stop = this.#stop?.request === inAttempt && !isMore ? this.#stop : null;
    await this.#send(socket, draft, stop, this.#onStop);
  }

  /** What a client may make of it. */
  #note(draft: Draft): void {
    const { sent } = this;
    sent.isFinal ||= draft.isFinal || draft.status === 403;
    if (!draft.isFile) return;
    const { version } = draft;
    this.offered.push(versionOf(this.#story.file, version));
    const whole = saidToBeWhole(draft);
    if (whole === null || whole.equals(draft.whole)) return;
    this.offered.push(whole);
    sent.falseWholes += 1;
  }

  async #send(socket: Socket, draft: Draft, stop: Stop | null, onStop: () => void): Promise<void> {
    const { status, headers, body, before, after, trailers, isChunked, end, stallMs, dripMs } = draft;
    const lines = [...headers].flatMap(([name, values]) => values.map((value) => `${name}: ${value}`));
    socket.write(`${before}HTTP/1.1 ${status} X\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1');
    if (stallMs > 0) await sleep(stallMs);
    const isCut = end === 'cut' || end === 'reset';
    const last = isCut ? Math.min(draft.cutAt, body.length) : body.length;
    const stopAt = stop === null ? null : Math.floor((last * stop.percent) / 100);
    const edges = Array.from({ length: Math.ceil(last / PIECE) }, (_, i) => i * PIECE);
    const starts = [...new Set([0, ...edges, ...(stopAt === null ? [] : [stopAt]), last])].toSorted(
      (a, b) => a - b,
    );
    for (const [i, at] of starts.entries()) {
      if (at === stopAt) {
        await sleep(BEFORE_STOP_MS);
        onStop();
      }
      const piece = body.subarray(at, starts[i + 1] ?? last);
      if (piece.length === 0) continue;
      if (socket.destroyed) return;
      const framed = isChunked ? [`${piece.length.toString(16)}\r\n`, piece, '\r\n'] : [piece];
      for (const part of framed) socket.write(part);
      if (dripMs > 0) await sleep(dripMs);
      else if (socket.writableNeedDrain) await drained(socket);
    }
    // What was written before a reset is to arrive.
    if (isCut) await sleep(5);
    if (end === 'reset') return void socket.resetAndDestroy();
    if (isCut) return void socket.end();
    socket.write(`${isChunked ? `0\r\n${trailers}\r\n` : ''}${after}`);
    if (end === 'closed') socket.end();
  }
}

function nothingSent(): Sent {
  return { requests: 0, isFinal: false, falseWholes: 0, wrongs: [] };
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
  return { path: /^GET (\S+)/.exec(head)?.[1] ?? '', range, ifRange: header('if-range') };
}

/** The bytes that an answer itself says to be the whole file; null where it says so of none. */
function saidToBeWhole({ status, headers, body, after, isChunked, end }: Draft): Buffer | null {
  if (end === 'cut' || end === 'reset') return null;
  const range = /^bytes 0-(\d+)\/(\d+)$/.exec(headers.get('content-range')?.[0] ?? '');
  const isWhole =
    status === 200 || (status === 206 && range !== null && Number(range[1]) + 1 === Number(range[2]));
  if (!isWhole) return null;
  if (isChunked) return body;
  const length = Number(headers.get('content-length')?.[0] ?? NaN);
  const sent = Buffer.concat([body, Buffer.from(after)]);
  return length <= sent.length ? sent.subarray(0, length) : null;
}

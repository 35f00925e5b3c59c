import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { errnoOf, messageOf } from '../../errors/index.ts';
import { DigestStream, type WantedDigests } from './digests.ts';
import type { FollowerAnswer, FollowerRequest } from './protocol.ts';

/**
 * The thread that hashes files while they grow. It reads what was just written, out of the system's cache, so that the
 * thread that receives copies nothing and hashes nothing. A file's turn is one buffer; then the next file has its turn.
 */

const port = parentPort;
if (port === null) throw new Error('the hashing thread runs in a worker thread only');

const buffer = Buffer.allocUnsafe(1 << 20);

class Followed {
  readonly id: number;
  readonly #path: string;
  readonly #stream: DigestStream;
  #fd: number | null = null;
  #written = 0;
  #isAll = false;
  /** Told when somebody asks for the digests. */
  #failure: unknown = null;

  constructor(id: number, path: string, wanted: WantedDigests) {
    this.id = id;
    this.#path = path;
    this.#stream = new DigestStream(wanted);
  }

  get hasWork(): boolean {
    return this.#isAll || (this.#failure === null && this.#stream.bytes < this.#written);
  }

  advance(bytes: number, isAll: boolean): void {
    this.#written = bytes;
    this.#isAll = isAll;
  }

  /** Hashes one buffer of it. @returns its digests once all of it is hashed, or why there are none */
  turn(): FollowerAnswer | null {
    if (this.#failure === null) {
      try {
        return this.#digested();
      } catch (error) {
        this.#failure = error;
      }
    }
    if (!this.#isAll) return null;
    const message = messageOf(this.#failure);
    return { id: this.id, failure: { message, code: errnoOf(this.#failure) } };
  }

  #digested(): FollowerAnswer | null {
    this.#fd ??= openSync(this.#path, 'r');
    const at = this.#stream.bytes;
    const length = Math.min(buffer.length, this.#written - at);
    if (length > 0) {
      const read = readSync(this.#fd, buffer, 0, length, at);
      if (read === 0) throw new Error('the file is shorter than what was written into it');
      this.#stream.update(buffer.subarray(0, read));
    }
    if (!this.#isAll || this.#stream.bytes < this.#written) return null;
    return { id: this.id, digests: this.#stream.finish() };
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }
}

const files = new Map<number, Followed>();
let isScheduled = false;

port.on('message', (request: FollowerRequest) => {
  if (request.kind === 'follow')
    files.set(request.id, new Followed(request.id, request.path, request.wanted));
  else if (request.kind === 'advance') files.get(request.id)?.advance(request.bytes, request.isAll);
  else end(request.id);
  schedule();
});

function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  setImmediate(() => {
    isScheduled = false;
    for (const file of [...files.values()]) if (file.hasWork) work(file);
    if ([...files.values()].some(({ hasWork }) => hasWork)) schedule();
  });
}

function work(file: Followed): void {
  const answer = file.turn();
  if (answer === null) return;
  end(file.id);
  port?.postMessage(answer);
}

function end(id: number): void {
  files.get(id)?.close();
  files.delete(id);
}

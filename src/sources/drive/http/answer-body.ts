import type { Dispatcher } from 'undici';
import { BUFFER_BYTES, receiveBuffers } from './receive-buffers.ts';

/** So much waits for whoever reads it, before the connection is told to wait. */
const ENOUGH_BYTES = BUFFER_BYTES;
/** A body that nobody wants is read to its end up to here, which leaves its connection to the next request. */
const MOST_DUMPED = 128 << 10;

/**
 * What comes after an answer's head, chunk by chunk. A chunk may be given back once its bytes are not needed any more: what it
 * lies in is then read into again. Who breaks off an iteration lets go of the body.
 *
 * undici's own body is a Readable, which costs more than a small file and keeps nothing of what had arrived when the connection
 * fails.
 */
export class AnswerBody implements AsyncIterable<Buffer>, AsyncIterator<Buffer> {
  readonly #controller: Dispatcher.DispatchController;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #state: 'coming' | 'whole' | 'failed' | 'left' = 'coming';
  #error: unknown = null;
  #waiting: PromiseWithResolvers<IteratorResult<Buffer>> | null = null;
  /** Set while what comes is thrown away. */
  #dumped: { bytes: number; readonly end: () => void } | null = null;

  constructor(controller: Dispatcher.DispatchController) {
    this.#controller = controller;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Buffer>> {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#bytes -= chunk.length;
      if (this.#controller.paused && this.#bytes < ENOUGH_BYTES) this.#controller.resume();
      return Promise.resolve({ done: false, value: chunk });
    }
    if (this.#state === 'failed') return Promise.reject(this.#error);
    if (this.#state !== 'coming') return Promise.resolve({ done: true, value: undefined });
    this.#waiting ??= Promise.withResolvers();
    return this.#waiting.promise;
  }

  return(): Promise<IteratorResult<Buffer>> {
    this.destroy();
    return Promise.resolve({ done: true, value: undefined });
  }

  /**
   * Waits for so many bytes from where it is, or for its end. They come once more to whoever reads on.
   * @returns how many are there, and whether they are all @throws the connection's error
   */
  async peek(atLeast: number): Promise<{ readonly bytes: number; readonly isWhole: boolean }> {
    const seen: Buffer[] = [];
    let bytes = 0;
    try {
      while (bytes < atLeast) {
        const { done, value } = await this.next();
        if (done === true) return { bytes, isWhole: true };
        seen.push(value);
        bytes += value.length;
      }
      return { bytes, isWhole: false };
    } finally {
      this.#chunks.unshift(...seen);
      this.#bytes += bytes;
    }
  }

  /** No more of it is wanted. Where it has not come to its end, its connection is closed. */
  destroy(): void {
    for (const chunk of this.#chunks.splice(0)) giveBack(chunk);
    this.#bytes = 0;
    if (this.#state !== 'coming') return;
    this.#state = 'left';
    this.#tell();
    this.#controller.abort(new DOMException('No more of the answer is wanted', 'AbortError'));
  }

  /** Reads a short rest and throws it away, so that the connection can be used again. */
  async dump(): Promise<void> {
    for (const chunk of this.#chunks.splice(0)) giveBack(chunk);
    this.#bytes = 0;
    if (this.#state !== 'coming') return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#dumped = { bytes: 0, end: resolve };
    if (this.#controller.paused) this.#controller.resume();
    await promise;
  }

  /** For the connection: bytes have come. */
  came(chunk: Buffer): void {
    if (this.#state !== 'coming') return;
    if (this.#dumped !== null) {
      this.#dumped.bytes += chunk.length;
      if (this.#dumped.bytes > MOST_DUMPED) this.destroy();
      return;
    }
    receiveBuffers.lend(chunk);
    const waiting = this.#waiting;
    if (waiting !== null) {
      this.#waiting = null;
      waiting.resolve({ done: false, value: chunk });
      return;
    }
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= ENOUGH_BYTES) this.#controller.pause();
  }

  /** For the connection: nothing more comes, because all is there or because of an error. */
  ended(error: unknown): void {
    if (this.#state !== 'coming') return;
    this.#state = error === null ? 'whole' : 'failed';
    this.#error = error;
    this.#tell();
  }

  #tell(): void {
    this.#dumped?.end();
    const waiting = this.#waiting;
    this.#waiting = null;
    if (this.#state === 'failed') waiting?.reject(this.#error);
    else waiting?.resolve({ done: true, value: undefined });
  }
}

/** The bytes of a body's chunk are not needed any more. To be called once for each. */
export function giveBack(chunk: Buffer): void {
  receiveBuffers.giveBack(chunk);
}

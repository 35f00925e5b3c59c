import type { OnReadOpts, Socket } from 'node:net';

/** What a connection reads into. A read gets what is left of one, while that is no less than `LEAST_READ`. */
export const BUFFER_BYTES = 64 << 10;
const LEAST_READ = 32 << 10;
/** So many lie ready for the next reads at most: what forty connections need at once. */
const MOST_SPARE = 512;

interface ReceiveBuffer {
  readonly bytes: Buffer;
  /** Bytes that were read into it. */
  filled: number;
  /** Where the last chunk of it that was lent ends. What lies between chunks are heads, which were understood by then. */
  lentUpTo: number;
  /** Chunks of it that were lent and not given back. */
  lent: number;
  /** Whether a connection may still read into the rest of it. */
  isOpen: boolean;
}

/**
 * Buffers that connections read into, used again and again. Node makes a new one for each read: memory that the collector finds
 * late, and most of its work when files are large.
 *
 * A buffer is used again once all that was read into it was lent, in chunks, and each of them given back. Who gives nothing back
 * only leaves it to the collector.
 */
export class ReceiveBuffers {
  readonly #known = new WeakMap<ArrayBufferLike, ReceiveBuffer>();
  readonly #spare: ReceiveBuffer[] = [];
  /** What is left of the buffer that was read into just now. */
  #rest: Uint8Array | null = null;
  /**
   * What a socket is made with. Node asks for the next buffer as soon as it has told of what came into the last one. One read waits
   * for the parser at a time: two would be copied into one.
   */
  readonly socketOptions: { readonly onread: OnReadOpts; readonly highWaterMark: number };

  constructor() {
    const arrived = (into: Uint8Array, length: number) => this.#arrived(into, length);
    const onread = {
      buffer: () => this.#next(),
      // Node calls it on the socket.
      callback(this: Socket, length: number, into: Uint8Array): boolean {
        arrived(into, length);
        return this.push(into.subarray(0, length));
      },
    } as OnReadOpts;
    this.socketOptions = { onread, highWaterMark: 1 };
  }

  /** A chunk of a body goes to somebody who may keep it for a while. Those of one connection are lent in their order. */
  lend(chunk: Uint8Array): void {
    const buffer = this.#known.get(chunk.buffer);
    if (buffer === undefined) return;
    buffer.lent += 1;
    buffer.lentUpTo = chunk.byteOffset + chunk.length;
  }

  /** To be called once for a chunk that was lent: its bytes are not looked at any more. */
  giveBack(chunk: Uint8Array): void {
    const buffer = this.#known.get(chunk.buffer);
    if (buffer === undefined) return;
    buffer.lent -= 1;
    const { lent, isOpen, filled, lentUpTo } = buffer;
    if (lent > 0 || isOpen || lentUpTo < filled || this.#spare.length >= MOST_SPARE) return;
    this.#spare.push(buffer);
  }

  #next(): Uint8Array {
    const rest = this.#rest;
    this.#rest = null;
    if (rest !== null) return rest;
    const bytes = this.#spare.pop()?.bytes ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
    this.#known.set(bytes.buffer, { bytes, filled: 0, lentUpTo: 0, lent: 0, isOpen: true });
    return bytes;
  }

  #arrived(into: Uint8Array, length: number): void {
    const buffer = this.#known.get(into.buffer);
    if (buffer === undefined) return;
    buffer.filled += length;
    buffer.isOpen = into.length - length >= LEAST_READ;
    this.#rest = buffer.isOpen ? into.subarray(length) : null;
  }
}

/** Those of this process. */
export const receiveBuffers = new ReceiveBuffers();

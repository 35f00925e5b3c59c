import type { WritableFile } from './file-system.ts';
import { giveBuffer, takeBuffer } from './spare-buffers.ts';

/** Pieces of this size are not worth a copy. */
const DIRECT_BYTES = 128 * 1024;
/** Longer pieces are copied by the system, shorter ones faster byte by byte. */
const LOOP_BYTES = 24;

/**
 * Writes a file from its beginning, many small pieces in few system calls. Pieces are taken at once and without waiting; who
 * appends gives way with {@link OutputBuffer.flush} when it {@link OutputBuffer.isFull}.
 */
export class OutputBuffer {
  readonly #handle: WritableFile;
  readonly #limit: number;
  /** What waits to be written: its first {@link OutputBuffer.filled} bytes. Another buffer after each piece that needs more room. */
  bytes: Buffer;
  filled = 0;
  #written = 0;

  /** @param bufferBytes so many are written at a time */
  constructor(handle: WritableFile, bufferBytes: number) {
    this.#handle = handle;
    this.#limit = bufferBytes;
    this.bytes = takeBuffer(Math.ceil(bufferBytes + bufferBytes / 8));
  }

  /** Bytes taken so far. */
  get position(): number {
    return this.#written + this.filled;
  }

  get isFull(): boolean {
    return this.filled >= this.#limit;
  }

  /** Makes sure that so many bytes have room behind those that are there. */
  reserve(count: number): void {
    const needed = this.filled + count;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(needed + this.#limit);
    this.bytes.copy(larger, 0, 0, this.filled);
    this.bytes = larger;
  }

  append(source: Buffer, from = 0, to = source.length): void {
    const count = to - from;
    this.reserve(count);
    const { bytes, filled } = this;
    if (count > LOOP_BYTES) source.copy(bytes, filled, from, to);
    else for (let at = 0; at < count; at++) bytes[filled + at] = source[from + at] ?? 0;
    this.filled = filled + count;
  }

  appendByte(byte: number): void {
    this.reserve(1);
    this.bytes[this.filled++] = byte;
  }

  /** Takes a piece that may be large; its bytes may be reused when the promise has settled. */
  async write(piece: Buffer): Promise<void> {
    if (piece.length < DIRECT_BYTES) {
      this.append(piece);
      if (this.isFull) await this.flush();
      return;
    }
    await this.flush();
    await this.#writeAll(piece, piece.length);
  }

  /** Gives its room to the next one; to be called when nothing is being written any more. */
  stop(): void {
    giveBuffer(this.bytes);
  }

  async flush(): Promise<void> {
    const count = this.filled;
    this.filled = 0;
    await this.#writeAll(this.bytes, count);
  }

  async #writeAll(bytes: Buffer, count: number): Promise<void> {
    for (let done = 0; done < count;) {
      const { bytesWritten } = await this.#handle.write(bytes, done, count - done, this.#written);
      done += bytesWritten;
      this.#written += bytesWritten;
    }
  }
}

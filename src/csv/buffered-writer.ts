import type { WritableFile } from './file-system.ts';

/** Pieces of this size are not worth a copy. */
const DIRECT_BYTES = 128 * 1024;

/** Writes a file from its beginning, many small pieces in few system calls. */
export class BufferedWriter {
  readonly #handle: WritableFile;
  readonly #buffer: Buffer;
  #filled = 0;
  #written = 0;

  constructor(handle: WritableFile, bufferBytes: number) {
    this.#handle = handle;
    this.#buffer = Buffer.allocUnsafe(bufferBytes);
  }

  /** Bytes taken so far. */
  get position(): number {
    return this.#written + this.#filled;
  }

  /** Takes the bytes; they may be reused when the promise has settled. */
  async write(bytes: Buffer): Promise<void> {
    if (this.#filled + bytes.length > this.#buffer.length) await this.flush();
    if (bytes.length >= DIRECT_BYTES || bytes.length > this.#buffer.length) {
      await this.flush();
      await this.#writeAll(bytes);
      return;
    }
    bytes.copy(this.#buffer, this.#filled);
    this.#filled += bytes.length;
  }

  async flush(): Promise<void> {
    const bytes = this.#buffer.subarray(0, this.#filled);
    this.#filled = 0;
    await this.#writeAll(bytes);
  }

  async #writeAll(bytes: Buffer): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.#written);
      done += bytesWritten;
      this.#written += bytesWritten;
    }
  }
}

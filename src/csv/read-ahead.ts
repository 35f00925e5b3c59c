import type { ReadableFile } from './file-system.ts';

/**
 * Reads a file from a position on, always one block ahead: the disk and the thread pool work while the bytes before are
 * looked at. Memory: two blocks.
 */
export class ReadAhead {
  readonly #handle: ReadableFile;
  #spare: Buffer;
  #block: Buffer;
  /** What of the block was not handed out yet. */
  #from = 0;
  #to = 0;
  /** Where the next read begins. */
  #position: number;
  #reading: Promise<{ readonly bytesRead: number }>;

  constructor(handle: ReadableFile, position: number, blockBytes: number) {
    this.#handle = handle;
    this.#spare = Buffer.allocUnsafe(blockBytes);
    this.#block = Buffer.allocUnsafe(blockBytes);
    this.#position = position;
    this.#reading = this.#read();
  }

  /** Offset in the file of the next byte that is handed out. */
  get offset(): number {
    return this.#position - (this.#to - this.#from);
  }

  /**
   * Copies the bytes that come next.
   * @returns how many, at most `room`; 0 at the end of the file
   */
  async copyTo(target: Buffer, at: number, room: number): Promise<number> {
    if (this.#from === this.#to) await this.#next();
    const count = Math.min(room, this.#to - this.#from);
    this.#block.copy(target, at, this.#from, this.#from + count);
    this.#from += count;
    return count;
  }

  /** Waits for the read that is under way, so that the handle can be closed. */
  async stop(): Promise<void> {
    await this.#reading.catch(() => {});
  }

  async #next(): Promise<void> {
    const { bytesRead } = await this.#reading;
    [this.#block, this.#spare] = [this.#spare, this.#block];
    this.#from = 0;
    this.#to = bytesRead;
    this.#position += bytesRead;
    if (bytesRead > 0) this.#reading = this.#read();
  }

  #read(): Promise<{ readonly bytesRead: number }> {
    const reading = this.#handle.read(this.#spare, 0, this.#spare.length, this.#position);
    // Whoever stops early never asks for this block; its failure is then nobody's.
    reading.catch(() => {});
    return reading;
  }
}

import type { ReadableFile } from './file-system.ts';
import { giveBuffer, takeBuffer } from './spare-buffers.ts';

/**
 * Reads a file from a position on, always one block ahead: the disk and the thread pool work while the bytes before are
 * looked at. Memory: two blocks.
 */
export class ReadAhead {
  readonly #handle: ReadableFile;
  readonly #blockBytes: number;
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
    this.#blockBytes = blockBytes;
    this.#spare = takeBuffer(blockBytes);
    this.#block = takeBuffer(blockBytes);
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

  /** Goes on at another place of the file, with the same two blocks: new ones at each jump would be collected late. */
  async moveTo(position: number): Promise<void> {
    if (this.#skipTo(position)) return;
    const intoNext = position - this.#position;
    if (intoNext >= 0 && intoNext < this.#blockBytes) {
      await this.#next();
      if (this.#skipTo(position)) return;
    }
    await this.#reading.catch(() => {});
    this.#from = 0;
    this.#to = 0;
    this.#position = position;
    this.#reading = this.#read();
  }

  /** @returns false when the block does not hold the byte at this position */
  #skipTo(position: number): boolean {
    const skipped = position - this.offset;
    if (skipped < 0 || skipped >= this.#to - this.#from) return false;
    this.#from += skipped;
    return true;
  }

  /** Waits for the read that is under way, so that the handle can be closed. Nothing may be asked afterwards. */
  async stop(): Promise<void> {
    await this.#reading.catch(() => {});
    giveBuffer(this.#block);
    giveBuffer(this.#spare);
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
    const reading = this.#handle.read(this.#spare, 0, this.#blockBytes, this.#position);
    // Whoever stops early never asks for this block; its failure is then nobody's.
    reading.catch(() => {});
    return reading;
  }
}

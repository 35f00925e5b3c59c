import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PIECE_BYTES = 2 ** 20;

/**
 * Full pieces of text, in a temporary file that has no name any more: nobody else sees it, and it goes with this process, however that
 * ends. The system keeps it in its cache while it has room to spare, so reading a piece costs a copy of it, and our own memory does
 * not grow with the texts. Where no such file can be written, the pieces stay in memory.
 */
export class TextPieces implements Disposable {
  readonly #folder: string;
  readonly #kept = new Map<number, Buffer>();
  #file: number | null = null;
  #isRefused = false;
  #count = 0;
  #loaded = -1;
  #buffer: Buffer | null = null;

  /** @param folder for the temporary file */
  constructor(folder: string = tmpdir()) {
    this.#folder = folder;
  }

  get count(): number {
    return this.#count;
  }

  /** Takes a piece over; its bytes may be used for another one where this returns true. */
  push(bytes: Buffer): boolean {
    const piece = this.#count++;
    if (this.#write(piece, bytes)) return true;
    this.#kept.set(piece, bytes);
    return false;
  }

  /** A piece, to be read until another one is asked for. @throws what the system says where it cannot be read back */
  at(piece: number): Buffer {
    const kept = this.#kept.get(piece);
    if (kept !== undefined) return kept;
    this.#buffer ??= Buffer.allocUnsafeSlow(PIECE_BYTES);
    if (this.#loaded === piece) return this.#buffer;
    this.#loaded = -1;
    if (this.#file === null) throw new Error('the texts of the rows are closed');
    for (let done = 0; done < PIECE_BYTES;) {
      const place = piece * PIECE_BYTES + done;
      const read = readSync(this.#file, this.#buffer, done, PIECE_BYTES - done, place);
      if (read === 0) throw new Error('the temporary file with the texts of the rows was cut short');
      done += read;
    }
    this.#loaded = piece;
    return this.#buffer;
  }

  [Symbol.dispose](): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
    this.#kept.clear();
    this.#buffer = null;
    this.#isRefused = true;
  }

  #write(piece: number, bytes: Buffer): boolean {
    if (this.#isRefused) return false;
    try {
      this.#file ??= openNameless(this.#folder);
      for (let done = 0; done < PIECE_BYTES;)
        done += writeSync(this.#file, bytes, done, PIECE_BYTES - done, piece * PIECE_BYTES + done);
      return true;
    } catch {
      // No room, no folder, no right: memory it is, from here on.
      this.#isRefused = true;
      return false;
    }
  }
}

function openNameless(folder: string): number {
  const own = mkdtempSync(join(folder, 'rowtrail-rows-'));
  try {
    return openSync(join(own, 'texts'), 'wx+', 0o600);
  } finally {
    rmSync(own, { recursive: true, force: true, maxRetries: 3 });
  }
}

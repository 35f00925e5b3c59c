import { CsvChangedError } from './csv-changed-error.ts';
import type { OutputBuffer } from './output-buffer.ts';
import type { RecordWindow } from './record-window.ts';

/** A new file as it grows: the old one's bytes, and others in place of some of them. */
export class SplicedFile {
  readonly #path: string;
  readonly #source: RecordWindow;
  readonly out: OutputBuffer;
  /** The old file's bytes before this offset are in the new one, or replaced. */
  #copied = 0;

  /** @param path of the old file, for messages */
  constructor(path: string, source: RecordWindow, out: OutputBuffer) {
    this.#path = path;
    this.#source = source;
    this.out = out;
  }

  /** By how much what comes next lies further back than in the old file (bytes). */
  get shift(): number {
    return this.out.position - this.#copied;
  }

  /** Where in `out.bytes` a byte of the old file will come to stand that was not copied yet. */
  placeOf(offset: number): number {
    return this.out.filled + offset - this.#copied;
  }

  /** Copies up to this offset of the old file. */
  async copyUntil(offset: number): Promise<void> {
    while (this.#copied < offset) {
      const bytes = await this.#source.bytesAt(this.#copied);
      if (bytes === null) throw new CsvChangedError(this.#path);
      const piece = bytes.subarray(0, offset - this.#copied);
      await this.out.write(piece);
      this.#copied += piece.length;
    }
  }

  /** The same for bytes that the window over the old file holds. */
  copyHeld(offset: number): void {
    this.#source.appendTo(this.out, this.#copied, offset);
    this.#copied = offset;
  }

  /** Leaves the old file's bytes out up to this offset. */
  skipUntil(offset: number): void {
    this.#copied = offset;
  }
}

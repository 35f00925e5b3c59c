import type { RecordDialect } from './dialect.ts';
import type { ReadableFile } from './file-system.ts';
import type { OutputBuffer } from './output-buffer.ts';
import { ReadAhead } from './read-ahead.ts';
import { MAX_RECORD_BYTES, RecordScanner } from './record-scanner.ts';
import { giveBuffer, takeBuffer } from './spare-buffers.ts';

/** One record's bytes and cells; valid until the window is asked for the next one. */
export interface RecordView {
  readonly bytes: Buffer;
  /** Offset of the record within `bytes`. */
  readonly start: number;
  readonly spans: RecordScanner;
}

/** Reads records at known offsets, cheaply when they are asked for in file order. Memory: one block, or one record. */
export class RecordWindow {
  readonly #handle: ReadableFile;
  readonly #scanner: RecordScanner;
  readonly #blockBytes: number;
  #buffer: Buffer;
  #base = 0;
  #filled = 0;
  #atEnd = false;
  readonly #sequential: boolean;
  #ahead: ReadAhead | null = null;

  /**
   * @param sequential most records will be asked for, in file order: blocks are then read ahead
   * @param enough cells of each record that matter
   */
  constructor(
    handle: ReadableFile,
    dialect: RecordDialect,
    columnCount: number,
    blockBytes: number,
    { sequential = false, enough }: { readonly sequential?: boolean; readonly enough?: number } = {},
  ) {
    this.#sequential = sequential;
    this.#handle = handle;
    this.#scanner = new RecordScanner(dialect, columnCount, enough);
    this.#blockBytes = blockBytes;
    this.#buffer = takeBuffer(blockBytes);
  }

  /** The record that begins at this offset of the file; null when there is none any more. */
  async record(offset: number): Promise<RecordView | null> {
    if (offset < this.#base || offset >= this.#base + this.#filled) await this.#load(offset);
    this.#scanner.reset();
    for (;;) {
      const start = offset - this.#base;
      const next = this.#scanner.scan(this.#buffer, start, this.#filled, this.#atEnd);
      if (next >= 0) return { bytes: this.#buffer, start, spans: this.#scanner };
      if (this.#atEnd || this.#filled - start > MAX_RECORD_BYTES) return null;
      await this.#extend(start);
    }
  }

  /**
   * The same without waiting; undefined when the record is not all in the window.
   * @param scanner one that looks at less of the record than the window's own
   */
  recordNow(offset: number, scanner: RecordScanner = this.#scanner): RecordView | undefined {
    if (offset < this.#base || offset >= this.#base + this.#filled) return undefined;
    scanner.reset();
    const start = offset - this.#base;
    if (scanner.scan(this.#buffer, start, this.#filled, this.#atEnd) < 0) return undefined;
    return { bytes: this.#buffer, start, spans: scanner };
  }

  /** The byte at this offset; undefined when the window does not hold it. */
  byteNow(offset: number): number | undefined {
    return offset < this.#base || offset >= this.#base + this.#filled
      ? undefined
      : this.#buffer[offset - this.#base];
  }

  /** Appends bytes that the window holds. */
  appendTo(out: OutputBuffer, from: number, to: number): void {
    if (from < this.#base || to > this.#base + this.#filled) throw new RangeError('not in the window');
    out.append(this.#buffer, from - this.#base, to - this.#base);
  }

  /** What the window holds at and behind this offset, at least one byte; null at the end of the file. */
  async bytesAt(offset: number): Promise<Buffer | null> {
    if (offset < this.#base || offset >= this.#base + this.#filled) await this.#load(offset);
    return this.#filled > 0 ? this.#buffer.subarray(offset - this.#base, this.#filled) : null;
  }

  async #load(offset: number): Promise<void> {
    this.#base = offset;
    this.#filled = 0;
    await this.#read();
  }

  /** Makes room for more of the record that begins at `start`, and reads more. */
  async #extend(start: number): Promise<void> {
    if (start > 0) {
      this.#buffer.copyWithin(0, start, this.#filled);
      this.#base += start;
      this.#filled -= start;
    }
    if (this.#filled === this.#buffer.length) {
      const larger = Buffer.allocUnsafe(this.#buffer.length * 2);
      this.#buffer.copy(larger, 0, 0, this.#filled);
      this.#buffer = larger;
    }
    await this.#read();
  }

  /** Waits for what is being read ahead, so that the handle can be closed. Nothing may be asked of the window afterwards. */
  async stop(): Promise<void> {
    await this.#ahead?.stop();
    giveBuffer(this.#buffer);
  }

  async #read(): Promise<void> {
    const room = Math.min(this.#buffer.length - this.#filled, this.#blockBytes);
    const count = await this.#readAt(this.#base + this.#filled, room);
    this.#filled += count;
    this.#atEnd = count === 0;
  }

  async #readAt(position: number, room: number): Promise<number> {
    if (!this.#sequential) {
      return (await this.#handle.read(this.#buffer, this.#filled, room, position)).bytesRead;
    }
    if (this.#ahead === null) this.#ahead = new ReadAhead(this.#handle, position, this.#blockBytes);
    else if (this.#ahead.offset !== position) await this.#ahead.moveTo(position);
    return this.#ahead.copyTo(this.#buffer, this.#filled, room);
  }
}

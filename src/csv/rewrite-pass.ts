import type { FileHandle } from 'node:fs/promises';
import { RowtrailError } from '../errors/index.ts';
import { DOWNLOAD_TYPES, statusColumn, type TrackingCells } from '../row/index.ts';
import { Breather } from './breather.ts';
import { CsvChangedError } from './csv-changed-error.ts';
import type { CsvIndex } from './csv-index.ts';
import { DerivedIndex, type DerivedParts } from './derived-index.ts';
import type { NewFile } from './file-system.ts';
import { OutputBuffer } from './output-buffer.ts';
import { contentEndOf } from './record-end.ts';
import { RecordScanner } from './record-scanner.ts';
import { type RecordView, RecordWindow } from './record-window.ts';
import { hasLinkOf, isShortOf, isTooLongOf, withStatus } from './row-flags.ts';
import { RowIdCheck } from './row-id-check.ts';
import { RowReader } from './row-reader.ts';
import type { RowSet } from './row-set.ts';
import { appendCells, appendedHeader, spliceRow, type SpliceRules, spliceRules } from './splice.ts';
import { SplicedFile } from './spliced-file.ts';
import { TypeGuard } from './type-guard.ts';

const SMALL_BYTES = 4 * 1024;
/** Rows with edits that lie further apart than this are sparse. */
const SPARSE_BYTES = 32 * 1024;
/** Rows that are passed without a pause; one with edits costs more. */
const STEPS_PER_SLICE = 2048;
const STEPS_PER_EDIT = 8;
const NO_EDITS: Partial<TrackingCells> = {};

interface PassOptions {
  readonly edits: ReadonlyMap<number, Partial<TrackingCells>>;
  /** The rows of `edits`. */
  readonly edited: RowSet;
  readonly addTrackingColumns: boolean;
  readonly chunkBytes: number;
}

/** The new cells of a row, and its flags with them. */
interface RowBeginning {
  readonly cells: Buffer;
  readonly flags: number;
}

/** One pass over the old file, a look at the new one, and what the new index needs to know of it. */
export class RewritePass {
  readonly #source: FileHandle;
  readonly #index: CsvIndex;
  readonly #edits: PassOptions['edits'];
  readonly #edited: RowSet;
  readonly #chunkBytes: number;
  readonly #rules: SpliceRules;
  readonly #addsColumns: boolean;
  readonly #derived: DerivedIndex;
  readonly #guard: TypeGuard;
  readonly #rowIds: RowIdCheck;
  readonly #newScanner: RecordScanner;
  readonly #newReader: RowReader;
  /** Looks no further than who the row is. */
  readonly #headScanner: RecordScanner;
  /** By the flags of a full row without edits: they are the same for all such rows. */
  readonly #beginnings = new Map<number, RowBeginning>();
  #size = 0;

  constructor(
    source: FileHandle,
    index: CsvIndex,
    { edits, edited, addTrackingColumns, chunkBytes }: PassOptions,
  ) {
    this.#source = source;
    this.#index = index;
    this.#edits = edits;
    this.#edited = edited;
    // A small CSV needs no large buffers: making them would cost more than all the rest.
    this.#chunkBytes = Math.min(chunkBytes, Math.max(Number(index.identity.size), 1));
    const { layout, dialect } = index;
    this.#addsColumns = addTrackingColumns && index.missingTrackingColumns.length > 0;
    this.#rules = spliceRules(dialect, layout, this.#addsColumns);
    const { header } = this.#rules.newLayout;
    const enough = Math.max(layout.rowId, layout.type) + 1;
    this.#newScanner = new RecordScanner(dialect, header.length);
    this.#headScanner = new RecordScanner(dialect, enough, enough);
    this.#newReader = new RowReader(this.#rules.newLayout);
    this.#guard = new TypeGuard(index);
    this.#rowIds = new RowIdCheck(index);
    this.#derived = new DerivedIndex(index);
  }

  /** @returns false when the new file would be the old one */
  async write(temp: NewFile): Promise<boolean> {
    const { header } = this.#index.parts;
    const { dialect, layout } = this.#rules;
    const size = Number(this.#index.identity.size);
    // Where most is only copied, reading ahead would copy it once more.
    const isDense = this.#addsColumns || this.#edited.size * SPARSE_BYTES > size;
    const sequential = isDense && size > this.#chunkBytes;
    const source = new RecordWindow(this.#source, dialect, layout.header.length, this.#chunkBytes, {
      sequential,
    });
    const out = new OutputBuffer(temp, Math.min(this.#chunkBytes, 2 * size) + SMALL_BYTES);
    const file = new SplicedFile(this.#index.path, source, out);
    try {
      if (this.#addsColumns) {
        await file.copyUntil(header.contentEnd);
        const names = appendedHeader(this.#rules);
        out.append(names);
        this.#derived.headerGrowth = names.length;
      }
      await this.#writeRows(file, source);
      await file.copyUntil(size);
      await out.flush();
      this.#size = out.position;
    } finally {
      await source.stop();
      out.stop();
    }
    return this.#addsColumns || this.#guard.count > 0;
  }

  async #writeRows(file: SplicedFile, source: RecordWindow): Promise<void> {
    const { starts } = this.#index.parts;
    const breather = new Breather(STEPS_PER_SLICE);
    for (let row = this.#nextRow(0); row >= 0; row = this.#nextRow(row + 1)) {
      const cells = this.#edits.get(row);
      if (file.out.isFull) await file.out.flush();
      if (breather.step(cells === undefined ? 1 : STEPS_PER_EDIT)) await breather.breathe();
      const start = starts.at(row) ?? 0;
      this.#derived.placeUntil(row + 1, file.shift);
      if (cells === undefined && this.#appendNow(row, start, file, source)) continue;
      let record = source.recordNow(start);
      if (record === undefined) {
        // The window is about to leave what was not copied yet.
        await file.copyUntil(start);
        record = (await source.record(start)) ?? undefined;
      }
      if (record === undefined || !this.#rowIds.holds(record, row)) {
        throw new CsvChangedError(this.#index.path);
      }
      if (cells === undefined) this.#append(row, start + record.spans.contentLength, record, file);
      else this.#splice(row, start, record, cells, file);
    }
    this.#derived.placeUntil(starts.length, file.shift);
  }

  /** The next row at or behind this one that may be touched, or -1. */
  #nextRow(from: number): number {
    const { flags } = this.#index.parts;
    if (!this.#addsColumns) {
      let row = this.#edited.nextFrom(from);
      while (row >= 0 && isTooLongOf(flags.at(row))) row = this.#edited.nextFrom(row + 1);
      return row;
    }
    for (let row = from; row < flags.length; row++) {
      if (!isShortOf(flags.at(row)) || this.#edits.has(row)) return row;
    }
    return -1;
  }

  /**
   * Puts new cells behind a full row whose end the index knows: of the record itself only the first cells are looked at.
   * @returns false when the row has to be read whole
   */
  #appendNow(row: number, start: number, file: SplicedFile, source: RecordWindow): boolean {
    const end = contentEndOf(this.#index, row, (offset) => source.byteNow(offset));
    if (end === null) return false;
    const record = source.recordNow(start, this.#headScanner);
    if (record === undefined || !this.#rowIds.holds(record, row)) return false;
    this.#append(row, end, record, file);
    return true;
  }

  #append(row: number, end: number, record: RecordView, file: SplicedFile): void {
    const flags = this.#derived.flags.at(row);
    this.#guard.note(row, record);
    file.copyHeld(end);
    let beginning = this.#beginnings.get(flags);
    if (beginning === undefined) {
      beginning = this.#begin(flags, file.out);
      this.#beginnings.set(flags, beginning);
    }
    file.out.append(beginning.cells);
    this.#derived.flags.set(row, beginning.flags);
  }

  #splice(
    row: number,
    start: number,
    record: RecordView,
    cells: Partial<TrackingCells>,
    file: SplicedFile,
  ): void {
    const flags = this.#derived.flags.at(row);
    const from = file.placeOf(start);
    const changed = spliceRow(file, record, start, cells, (type) => hasLinkOf(flags, type), this.#rules);
    if (!changed) return;
    this.#guard.note(row, record);
    file.copyHeld(start + record.spans.contentLength);
    const { bytes, filled } = file.out;
    this.#newScanner.scan(bytes, from, filled, true);
    this.#derived.flags.set(row, this.#newReader.flags(bytes, from, this.#newScanner));
    const by = this.#newScanner.innerLines - record.spans.innerLines;
    this.#derived.shifts.add(row + 1, this.#index.lineOf(row) + 1, by);
  }

  /** What is checked of the new file before it takes the old one's place: its size, and the type guard. */
  async verify(temp: NewFile, size: number): Promise<void> {
    if (size !== this.#size) {
      throw new RowtrailError('write_failed', `the new CSV has ${size} bytes instead of ${this.#size}`, {
        file: this.#index.path,
      });
    }
    await this.#guard.verify(temp, this.#derived.starts, this.#chunkBytes);
  }

  /** What the new index has instead of the old one's. */
  derived(): DerivedParts {
    return this.#derived.parts(this.#rules.newLayout);
  }

  #begin(flags: number, out: OutputBuffer): RowBeginning {
    const from = out.filled;
    const { length } = this.#rules.layout.header;
    appendCells(out, length, NO_EDITS, (type) => hasLinkOf(flags, type), this.#rules);
    const beginning = {
      cells: Buffer.from(out.bytes.subarray(from, out.filled)),
      flags: this.#startFlags(flags),
    };
    out.filled = from;
    return beginning;
  }

  #startFlags(flags: number): number {
    let result = flags;
    for (const type of DOWNLOAD_TYPES) {
      if (this.#rules.layout.tracking[statusColumn(type)] >= 0) continue;
      result = withStatus(result, type, hasLinkOf(flags, type) ? 'pending' : '');
    }
    return result;
  }
}

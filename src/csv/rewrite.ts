import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { RowtrailError } from '../errors/index.ts';
import { DOWNLOAD_TYPES, type DownloadType, statusColumn, type TrackingCells } from '../row/index.ts';
import { Breather } from './breather.ts';
import { BufferedWriter } from './buffered-writer.ts';
import { ByteLog } from './byte-log.ts';
import { CsvChangedError } from './csv-changed-error.ts';
import { CsvIndex, type NotedLines, type SkippedLines } from './csv-index.ts';
import { cellText, rawCell } from './csv-row.ts';
import type { NewFile, ReplaceFileSystem } from './file-system.ts';
import type { Header } from './header.ts';
import { withTrackingColumns } from './layout.ts';
import { shown } from './missing-columns.ts';
import { RecordScanner } from './record-scanner.ts';
import { type RecordView, RecordWindow } from './record-window.ts';
import { RANDOM_CHARACTERS, replaceFile } from './replace-file.ts';
import { hasLinkOf, isShortOf, isTooLongOf, withStatus } from './row-flags.ts';
import { RowReader } from './row-reader.ts';
import {
  appendedCells,
  appendedHeader,
  splicedRecord,
  type Splice,
  spliceRow,
  type SpliceRules,
} from './splice.ts';

/** Bytes read and written at a time. */
const CHUNK_BYTES = 1024 * 1024;
const SMALL_BYTES = 4 * 1024;
/** Rows that are passed without a pause; one with edits costs more. */
const STEPS_PER_SLICE = 1024;
const STEPS_PER_EDIT = 8;

/** New texts of tracking cells, by row (from 0). */
export type CsvEdits = ReadonlyMap<number, Partial<TrackingCells>>;

export interface RewriteOptions {
  readonly edits: CsvEdits;
  /** Appends the tracking columns that the header lacks, and their cells to every full row. */
  readonly addTrackingColumns: boolean;
  /** Called when the new file is on the disk, before it is verified and renamed; what it throws stops the rewrite. */
  readonly beforeRename?: (tempPath: string) => void | Promise<void>;
  /** Bytes read at a time. */
  readonly chunkBytes?: number;
  /** What the new file is written and renamed with. */
  readonly fileSystem?: ReplaceFileSystem;
}

/**
 * Writes a new file in which only tracking cells differ, and puts it in the old one's place.
 * @param source the open file that `index` describes
 * @returns the index of the new file, derived from the old one; the same index when nothing changed
 */
export async function rewriteCsv(
  source: FileHandle,
  index: CsvIndex,
  { edits, addTrackingColumns, beforeRename, chunkBytes = CHUNK_BYTES, fileSystem }: RewriteOptions,
): Promise<CsvIndex> {
  refuseImpossible(index, edits, addTrackingColumns);
  const pass = new RewritePass(source, index, edits, addTrackingColumns, chunkBytes);
  const identity = await replaceFile({
    path: index.path,
    source,
    identity: index.identity,
    random: randomBytes(RANDOM_CHARACTERS / 2).toString('hex'),
    write: (temp) => pass.write(temp),
    verify: (temp) => pass.verify(temp),
    beforeRename,
    fileSystem,
  });
  return identity === null ? index : new CsvIndex({ ...index.parts, ...pass.derived(), identity });
}

function refuseImpossible(index: CsvIndex, edits: CsvEdits, addTrackingColumns: boolean): void {
  const place = { file: index.path, line: index.headerLine };
  for (const row of edits.keys()) {
    if (!Number.isInteger(row) || row < 0 || row >= index.rowCount)
      throw new RangeError(`no row ${row} in the CSV`);
  }
  const missing = index.missingTrackingColumns;
  if (missing.length === 0) return;
  if (!addTrackingColumns) {
    for (const cells of edits.values()) {
      const column = missing.find((name) => cells[name] !== undefined && cells[name] !== '');
      if (column !== undefined)
        throw new RowtrailError('csv_invalid', `there is no column \`${column}\` to write to`, place);
    }
    return;
  }
  const tooLong = index.skipped.tooLong.lines[0];
  if (tooLong !== undefined) {
    throw new RowtrailError(
      'csv_invalid',
      `the row is longer than the header (${index.header.length} columns), so no columns can be added behind it; nothing was written`,
      { file: index.path, line: tooLong, column: index.header.length + 1 },
    );
  }
}

/** One pass over the old file and what the new index needs to know of it. */
class RewritePass {
  readonly #source: FileHandle;
  readonly #index: CsvIndex;
  readonly #edits: CsvEdits;
  readonly #chunkBytes: number;
  readonly #rules: SpliceRules;
  readonly #starts: Float64Array;
  readonly #flags: Uint16Array;
  /** Rows that were spliced, in order, and their type cells as they were read. */
  readonly #touched: number[] = [];
  readonly #types = new ByteLog();
  /** Where the number of lines changed: rows and lines from here on move by so many. */
  readonly #lineShifts: { readonly row: number; readonly line: number; readonly by: number }[] = [];
  readonly #newScanner: RecordScanner;
  readonly #newReader: RowReader;
  /** The new cells of a full row without edits, by its link flags: they are the same for all such rows. */
  readonly #startCellsByLinks = new Map<string, Buffer>();
  #headerGrowth = 0;
  #size = 0;

  constructor(source: FileHandle, index: CsvIndex, edits: CsvEdits, addColumns: boolean, chunkBytes: number) {
    this.#source = source;
    this.#index = index;
    this.#edits = edits;
    // A small CSV needs no large buffers: making them would cost more than all the rest.
    this.#chunkBytes = Math.min(chunkBytes, Math.max(Number(index.identity.size), 1));
    const { layout, dialect } = index;
    this.#rules = { dialect, layout, newLayout: addColumns ? withTrackingColumns(layout) : layout };
    this.#newScanner = new RecordScanner(dialect, this.#rules.newLayout.header.length);
    this.#newReader = new RowReader(this.#rules.newLayout);
    this.#starts = new Float64Array(index.parts.starts.length);
    this.#flags = index.parts.flags.slice();
  }

  get #addsColumns(): boolean {
    return this.#rules.newLayout !== this.#rules.layout && this.#index.missingTrackingColumns.length > 0;
  }

  /** @returns false when the new file would be the old one */
  async write(temp: NewFile): Promise<boolean> {
    const { header, starts } = this.#index.parts;
    const { layout } = this.#rules;
    const size = Number(this.#index.identity.size);
    const input = new RecordWindow(this.#source, this.#rules.dialect, layout.header.length, this.#chunkBytes);
    const output = new BufferedWriter(temp, Math.min(CHUNK_BYTES, 2 * size + SMALL_BYTES));
    let copied = 0;
    const copyUntil = async (offset: number) => {
      while (copied < offset) {
        const bytes = await input.bytesAt(copied);
        if (bytes === null) throw new CsvChangedError(this.#index.path);
        const piece = bytes.subarray(0, offset - copied);
        await output.write(piece);
        copied += piece.length;
      }
    };

    if (this.#addsColumns) {
      await copyUntil(header.contentEnd);
      const names = appendedHeader(this.#rules);
      await output.write(names);
      this.#headerGrowth = names.length;
    }
    let placed = 0;
    const placeUntil = (row: number) => {
      const by = output.position - copied;
      for (; placed <= row; placed++) this.#starts[placed] = (starts[placed] ?? 0) + by;
    };
    const breather = new Breather(STEPS_PER_SLICE);
    for (const row of this.#rowsToTouch()) {
      if (breather.step(this.#edits.has(row) ? STEPS_PER_EDIT : 1)) await breather.breathe();
      const start = starts[row] ?? 0;
      await copyUntil(start);
      placeUntil(row);
      const record = await this.#read(input, row, start);
      const change = this.#change(row, record);
      if (change === null) continue;
      await copyUntil(start + change.start);
      await output.write(change.bytes);
      copied = start + change.end;
    }
    placeUntil(starts.length - 1);
    await copyUntil(size);
    await output.flush();
    this.#size = output.position;
    return this.#addsColumns || this.#touched.length > 0;
  }

  /** The type guard: the row_id and type cells of every touched row are, byte for byte, those that were read. */
  async verify(temp: NewFile): Promise<void> {
    const { path } = this.#index;
    const { size } = await temp.stat();
    if (size !== this.#size) {
      throw new RowtrailError('write_failed', `the new CSV has ${size} bytes instead of ${this.#size}`, {
        file: path,
      });
    }
    const { newLayout, dialect } = this.#rules;
    const window = new RecordWindow(temp, dialect, newLayout.header.length, this.#chunkBytes);
    const breather = new Breather(STEPS_PER_SLICE);
    this.#types.rewind();
    for (const row of this.#touched) {
      if (breather.step()) await breather.breathe();
      const record = await window.record(this.#starts[row] ?? 0);
      const rowId = this.#index.rowIdOf(row);
      const sameRow = record !== null && cellText(record, newLayout.rowId).trim() === rowId;
      if (!this.#types.nextEquals(sameRow ? rawCell(record, newLayout.type) : null)) {
        throw new RowtrailError(
          'type_mismatch',
          `the type of row ${JSON.stringify(shown(rowId))} would have changed; the CSV was left as it is`,
          { file: path, line: this.#index.lineOf(row), column: newLayout.type + 1, rowId },
        );
      }
    }
  }

  /** What the new index has instead of the old one's. */
  derived(): {
    header: Header;
    starts: Float64Array;
    flags: Uint16Array;
    lines: Uint32Array;
    skipped: SkippedLines;
  } {
    const { header, lines, skipped } = this.#index.parts;
    return {
      header: {
        ...header,
        layout: this.#rules.newLayout,
        contentEnd: header.contentEnd + this.#headerGrowth,
        end: header.end + this.#headerGrowth,
      },
      starts: this.#starts,
      flags: this.#flags,
      lines: this.#lineShifts.length === 0 ? lines : this.#shiftedRows(lines),
      skipped: this.#lineShifts.length === 0 ? skipped : this.#shiftedNotes(skipped),
    };
  }

  *#rowsToTouch(): Generator<number> {
    const { flags } = this.#index.parts;
    if (this.#addsColumns) {
      for (let row = 0; row < flags.length; row++) {
        if (this.#edits.has(row) || !isShortOf(flags[row] ?? 0)) yield row;
      }
      return;
    }
    const rows = Array.from(this.#edits.keys()).toSorted((one, other) => one - other);
    for (const row of rows) if (!isTooLongOf(flags[row] ?? 0)) yield row;
  }

  async #read(input: RecordWindow, row: number, start: number): Promise<RecordView> {
    const record = await input.record(start);
    if (record === null || cellText(record, this.#rules.layout.rowId).trim() !== this.#index.rowIdOf(row)) {
      throw new CsvChangedError(this.#index.path);
    }
    return record;
  }

  /** What takes the place of the record's bytes, or of a part of them; null when the row stays as it is. */
  #change(row: number, record: RecordView): Splice | null {
    const edits = this.#edits.get(row);
    const oldFlags = this.#flags[row] ?? 0;
    const end = record.spans.contentLength;
    if (edits === undefined) {
      this.#note(row, record);
      this.#flags[row] = this.#startFlags(oldFlags);
      return { start: end, end, bytes: this.#startCells(oldFlags) };
    }
    const splices = spliceRow(record, edits, (type) => hasLinkOf(oldFlags, type), this.#rules);
    if (splices.length === 0) return null;
    this.#note(row, record);
    const bytes = splicedRecord(record, splices);
    const scanner = this.#newScanner;
    scanner.scan(bytes, 0, bytes.length, true);
    this.#flags[row] = this.#newReader.flags(bytes, 0, scanner);
    const by = scanner.innerLines - record.spans.innerLines;
    if (by !== 0) this.#lineShifts.push({ row: row + 1, line: this.#index.lineOf(row) + 1, by });
    return { start: 0, end, bytes };
  }

  #note(row: number, record: RecordView): void {
    this.#touched.push(row);
    this.#types.add(rawCell(record, this.#rules.layout.type));
  }

  #startCells(flags: number): Buffer {
    const hasLink = (type: DownloadType) => hasLinkOf(flags, type);
    const key = DOWNLOAD_TYPES.map(hasLink).join();
    let bytes = this.#startCellsByLinks.get(key);
    if (bytes === undefined) {
      bytes = appendedCells(this.#rules.layout.header.length, undefined, hasLink, this.#rules);
      this.#startCellsByLinks.set(key, bytes);
    }
    return bytes;
  }

  #startFlags(flags: number): number {
    let result = flags;
    for (const type of DOWNLOAD_TYPES) {
      if (this.#rules.layout.tracking[statusColumn(type)] >= 0) continue;
      result = withStatus(result, type, hasLinkOf(flags, type) ? 'pending' : '');
    }
    return result;
  }

  #shiftedRows(lines: Uint32Array): Uint32Array {
    const shifted = lines.slice();
    let by = 0;
    let next = 0;
    for (let row = 0; row < shifted.length; row++) {
      for (let shift = this.#lineShifts[next]; shift?.row === row; shift = this.#lineShifts[++next])
        by += shift.by;
      shifted[row] = (shifted[row] ?? 0) + by;
    }
    return shifted;
  }

  #shiftedNotes(skipped: SkippedLines): SkippedLines {
    const shiftedLine = (line: number) =>
      this.#lineShifts.reduce((moved, shift) => (line >= shift.line ? moved + shift.by : moved), line);
    const shifted = ({ count, lines }: NotedLines): NotedLines => ({ count, lines: lines.map(shiftedLine) });
    return {
      blank: shifted(skipped.blank),
      comment: shifted(skipped.comment),
      repeatedHeader: shifted(skipped.repeatedHeader),
      emptyRowId: shifted(skipped.emptyRowId),
      tooLong: shifted(skipped.tooLong),
    };
  }
}

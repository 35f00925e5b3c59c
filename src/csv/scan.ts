import type { FileHandle } from 'node:fs/promises';
import { RowtrailError } from '../errors/index.ts';
import { SPACE, TAB } from './bytes.ts';
import type { ColumnMapping } from './column-mapping.ts';
import { NOTED_LINES, type IndexParts, type NotedLines, type SkippedLines } from './csv-index.ts';
import { grown } from './growing.ts';
import { type Header, readHeader } from './header.ts';
import { shown } from './missing-columns.ts';
import { ReadAhead } from './read-ahead.ts';
import { MAX_RECORD_BYTES, RecordScanner, type RecordSpans } from './record-scanner.ts';
import { isTooLongOf } from './row-flags.ts';
import { RowIdList, RowIds } from './row-ids.ts';
import { RowReader } from './row-reader.ts';

/** Bytes read at a time: two milliseconds of work, then the event loop is free. */
const CHUNK_BYTES = 256 * 1024;

export interface ScanOptions {
  readonly columns: ColumnMapping;
  /** As the user gave it, for messages. */
  readonly path: string;
  /** Bytes read at a time. */
  readonly chunkBytes?: number;
}

/**
 * Reads a CSV once, in chunks, and notes where its rows are. Memory grows with the rows, not with the bytes.
 * @param size bytes of the file
 * @throws RowtrailError csv_invalid with line and column for everything that makes it no usable CSV
 */
export async function scanCsv(
  handle: FileHandle,
  size: number,
  { columns, path, chunkBytes = CHUNK_BYTES }: ScanOptions,
): Promise<Omit<IndexParts, 'identity'>> {
  const header = await readHeader(handle, size, columns, path);
  const ahead = new ReadAhead(handle, header.end, Math.min(chunkBytes, Math.max(size, 1)));
  try {
    return await scanRows(ahead, header, size, { columns, path, chunkBytes });
  } finally {
    await ahead.stop();
  }
}

async function scanRows(
  ahead: ReadAhead,
  header: Header,
  size: number,
  { columns, path, chunkBytes }: Required<ScanOptions>,
): Promise<Omit<IndexParts, 'identity'>> {
  const rows = new RowCollector(header, columns);
  const scanner = new RecordScanner(header.dialect, header.layout.header.length);
  const place = (line: number, cell: number) => ({ file: path, line, column: cell + 1 });

  const step = Math.min(chunkBytes, Math.max(size, 1));
  let buffer = Buffer.alloc(step * 2);
  /** Offset in the file of the buffer's first byte; the record that is being read begins there after each round. */
  let base = header.end;
  let filled = 0;
  let line = header.nextLine;
  for (;;) {
    if (filled + step > buffer.length) buffer = enlarged(buffer, filled);
    const bytesRead = await ahead.copyTo(buffer, filled, step);
    const nul = buffer.subarray(filled, filled + bytesRead).indexOf(0);
    const end = nul < 0 ? filled + bytesRead : filled + nul;
    const final = bytesRead === 0;
    const fraction = size > 0 ? (base + end) / size : 1;

    let from = 0;
    for (;;) {
      const next = scanner.scan(buffer, from, end, final);
      if (next < 0) break;
      rows.add(buffer, from, base + from, line, scanner, fraction);
      line += scanner.innerLines + 1;
      from = next;
    }

    if (nul >= 0) {
      throw new RowtrailError(
        'csv_invalid',
        'a NUL byte stands here: the file is damaged, or it is not a text file',
        place(line + scanner.innerLines, scanner.cellCount),
      );
    }
    const open = scanner.openQuote;
    if (open !== null && (final || end - from > MAX_RECORD_BYTES)) {
      throw new RowtrailError(
        'csv_invalid',
        'a quote opens here and is never closed',
        place(line + open.innerLines, open.cell),
      );
    }
    if (end - from > MAX_RECORD_BYTES) {
      throw new RowtrailError('csv_invalid', 'the row does not end; is this a CSV?', place(line, 0));
    }
    if (final) break;
    buffer.copyWithin(0, from, end);
    base += from;
    filled = end - from;
  }

  const { starts, lines, flags, skipped, list } = rows.finish();
  const rowIds = await RowIds.build(list, (rowId, first, second) => {
    throw new RowtrailError(
      'csv_invalid',
      `the row_id ${JSON.stringify(shown(rowId))} stands in line ${lines[first]} and again in line ${lines[second]}; each row needs one of its own`,
      { ...place(lines[second] ?? 0, header.layout.rowId), rowId },
    );
  });
  return { path, columns, header, rowIds, starts, lines, flags, skipped };
}

function enlarged(buffer: Buffer, filled: number): Buffer<ArrayBuffer> {
  const larger = Buffer.alloc(buffer.length * 2);
  buffer.copy(larger, 0, 0, filled);
  return larger;
}

/** Sorts records into rows and lines that are none. */
class RowCollector {
  readonly #rowIdColumn: number;
  readonly #delimiter: number;
  readonly #reader: RowReader;
  readonly #list: RowIdList;
  #starts = new Float64Array(256);
  #lines = new Uint32Array(256);
  #flags = new Uint16Array(256);
  readonly #blank = new LineNotes();
  readonly #comment = new LineNotes();
  readonly #repeatedHeader = new LineNotes();
  readonly #emptyRowId = new LineNotes();
  readonly #tooLong = new LineNotes();

  constructor({ layout, dialect }: Header, columns: ColumnMapping) {
    this.#rowIdColumn = layout.rowId;
    this.#delimiter = dialect.delimiter.charCodeAt(0);
    this.#reader = new RowReader(layout);
    this.#list = new RowIdList(columns.rowId.trim());
  }

  add(
    bytes: Buffer,
    from: number,
    offset: number,
    line: number,
    record: RecordSpans,
    fraction: number,
  ): void {
    const column = this.#rowIdColumn;
    const row = this.#list.count;
    const kind =
      column < record.cellCount
        ? this.#list.add(bytes, from + record.start(column), from + record.end(column), fraction)
        : 'empty';
    if (kind === 'comment') this.#comment.add(line);
    else if (kind === 'repeatedHeader') this.#repeatedHeader.add(line);
    else if (kind === 'empty')
      (this.#isBlank(bytes, from, record) ? this.#blank : this.#emptyRowId).add(line);
    if (kind !== 'id') return;

    const flags = this.#reader.flags(bytes, from, record);
    if (row >= this.#starts.length) this.#grow(fraction);
    this.#starts[row] = offset;
    this.#lines[row] = line;
    this.#flags[row] = flags;
    if (isTooLongOf(flags)) this.#tooLong.add(line);
  }

  finish(): Pick<IndexParts, 'starts' | 'lines' | 'flags'> & { skipped: SkippedLines; list: RowIdList } {
    const rows = this.#list.count;
    return {
      starts: this.#starts.subarray(0, rows),
      lines: this.#lines.subarray(0, rows),
      flags: this.#flags.subarray(0, rows),
      list: this.#list,
      skipped: {
        blank: this.#blank.noted,
        comment: this.#comment.noted,
        repeatedHeader: this.#repeatedHeader.noted,
        emptyRowId: this.#emptyRowId.noted,
        tooLong: this.#tooLong.noted,
      },
    };
  }

  /** A spreadsheet leaves lines of nothing but delimiters; they are as blank as an empty line. */
  #isBlank(bytes: Buffer, from: number, record: RecordSpans): boolean {
    for (let at = from; at < from + record.contentLength; at++) {
      const byte = bytes[at];
      if (byte !== SPACE && byte !== TAB && byte !== this.#delimiter) return false;
    }
    return true;
  }

  #grow(fraction: number): void {
    const room = grown(this.#list.count, fraction);
    const starts = new Float64Array(room);
    starts.set(this.#starts);
    this.#starts = starts;
    const lines = new Uint32Array(room);
    lines.set(this.#lines);
    this.#lines = lines;
    const flags = new Uint16Array(room);
    flags.set(this.#flags);
    this.#flags = flags;
  }
}

class LineNotes {
  #count = 0;
  readonly #lines: number[] = [];

  add(line: number): void {
    if (this.#count++ < NOTED_LINES) this.#lines.push(line);
  }

  get noted(): NotedLines {
    return { count: this.#count, lines: this.#lines };
  }
}

import type { FileHandle } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { RowtrailError } from '../errors/index.ts';
import type { ColumnMapping } from './column-mapping.ts';
import type { IndexParts } from './csv-index.ts';
import { type Header, readHeader } from './header.ts';
import { shown } from './missing-columns.ts';
import { ReadAhead } from './read-ahead.ts';
import { MAX_RECORD_BYTES, RecordScanner } from './record-scanner.ts';
import { RowCollector } from './row-collector.ts';
import { RowIds } from './row-ids.ts';

/** Bytes read at a time: two milliseconds of work, then the event loop is free. */
const CHUNK_BYTES = 256 * 1024;
/** Bytes of the first steps, each twice the one before: code that was not compiled yet is twenty times as slow. */
const FIRST_STEP_BYTES = 16 * 1024;

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
  for (let room = Math.min(step, FIRST_STEP_BYTES); ; room = Math.min(step, room * 2)) {
    if (filled + step > buffer.length) buffer = enlarged(buffer, filled);
    const bytesRead = await ahead.copyTo(buffer, filled, room);
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
    if (room < step) await setImmediate();
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

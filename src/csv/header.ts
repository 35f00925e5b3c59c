import type { FileHandle } from 'node:fs/promises';
import { RowtrailError } from '../errors/index.ts';
import { CR, isSpace, LF } from './bytes.ts';
import { decodeCell } from './cell.ts';
import type { ColumnMapping } from './column-mapping.ts';
import { DELIMITERS, type Dialect, type RecordDialect } from './dialect.ts';
import { type Layout, layoutOf } from './layout.ts';
import { describeMissingColumns } from './missing-columns.ts';
import { RecordScanner } from './record-scanner.ts';

const FIRST_READ_BYTES = 64 * 1024;
const MAX_HEADER_BYTES = 16 * 1024 * 1024;
/** What a spreadsheet can hold. */
const MAX_COLUMNS = 16_384;

/** The header line: how the file is written and where its columns are. */
export interface Header {
  readonly dialect: Dialect;
  readonly layout: Layout;
  /** Physical line of the header, from 1. */
  readonly line: number;
  /** Offset of its first byte. */
  readonly start: number;
  /** Offset behind its last cell. */
  readonly contentEnd: number;
  /** Offset behind its line end. */
  readonly end: number;
  /** Physical line behind the header. */
  readonly nextLine: number;
}

/**
 * Reads the header: the first line that is not blank.
 * @param path for messages
 * @throws RowtrailError csv_invalid for an empty file, UTF-16, a workbook, missing columns, an unclosed quote
 */
export async function readHeader(
  handle: FileHandle,
  size: number,
  columns: ColumnMapping,
  path: string,
): Promise<Header> {
  for (let length = Math.min(size, FIRST_READ_BYTES); ; length = Math.min(size, length * 2)) {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await handle.read(bytes, 0, length, 0);
    const wholeFile = length >= size || bytesRead < length;
    const tooLong = !wholeFile && length >= MAX_HEADER_BYTES;
    const header = parseHeader(bytes.subarray(0, bytesRead), wholeFile || tooLong, columns, path);
    if (tooLong && header?.end === length) {
      throw new RowtrailError('csv_invalid', 'the header line does not end; is this a CSV?', {
        file: path,
        line: 1,
        column: 1,
      });
    }
    if (header !== null) return header;
  }
}

/** The header in the file's first bytes; null when it does not end within them. Pure. */
export function parseHeader(
  bytes: Buffer,
  complete: boolean,
  columns: ColumnMapping,
  path: string,
): Header | null {
  refuseOtherFormats(bytes, path);
  const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const { start, line } = skipBlankLines(bytes, bom ? 3 : 0);
  if (start >= bytes.length) {
    if (!complete) return null;
    throw new RowtrailError('csv_invalid', 'the file is empty: there is no header line', {
      file: path,
      line: 1,
      column: 1,
    });
  }

  let best: Candidate | null = null;
  let unclosedCell: number | null = null;
  let incomplete = false;
  for (const delimiter of DELIMITERS) {
    const found = recordAt(bytes, start, delimiter, complete);
    if (found === null) incomplete = true;
    else if ('unclosedCell' in found) unclosedCell = Math.max(unclosedCell ?? 0, found.unclosedCell);
    else {
      const names = cellTexts(bytes, start, found.scanner);
      const candidate = { ...found, names, score: score(names, columns) };
      if (best === null || candidate.score > best.score) best = candidate;
    }
  }
  const layout = best === null ? null : layoutOf(best.names, columns);
  const missing = layout === null ? null : describeMissingColumns(layout, columns);
  if (best === null || layout === null || missing !== null) {
    // A quote that opens under one delimiter may be plain text under another, which then lacks the columns.
    if (incomplete) return null;
    const place = { file: path, line, column: (unclosedCell ?? 0) + 1 };
    throw new RowtrailError(
      'csv_invalid',
      unclosedCell === null && missing !== null ? missing : 'a quote opens here and is never closed',
      place,
    );
  }
  if (best.scanner.cellCount > MAX_COLUMNS) {
    throw new RowtrailError('csv_invalid', `the header has more than ${MAX_COLUMNS} columns`, {
      file: path,
      line,
      column: MAX_COLUMNS + 1,
    });
  }

  return {
    dialect: { delimiter: best.delimiter, lineEnd: best.lineEnd, bom },
    layout,
    line,
    start,
    contentEnd: start + best.scanner.contentLength,
    end: best.next,
    nextLine: line + best.scanner.innerLines + 1,
  };
}

interface FoundRecord extends RecordDialect {
  readonly scanner: RecordScanner;
  readonly next: number;
}

interface Candidate extends FoundRecord {
  readonly names: readonly string[];
  readonly score: number;
}

/**
 * The header as it reads with this delimiter. Its line end decides for the file: a lone CR before any LF means CR, since
 * nothing else writes one there.
 */
function recordAt(
  bytes: Buffer,
  start: number,
  delimiter: Dialect['delimiter'],
  complete: boolean,
): FoundRecord | { readonly unclosedCell: number } | null {
  const keepCells = Math.min(MAX_COLUMNS, bytes.length - start + 1);
  const byLf = new RecordScanner({ delimiter, lineEnd: 'lf' }, keepCells);
  const lfNext = byLf.scan(bytes, start, bytes.length, complete);
  const firstCr = bytes.indexOf(CR, start);
  // A lone CR can end the header only before the LF; mostly there is none, and the rest of the bytes need no look.
  const mayEndInCr = firstCr >= 0 && (lfNext < 0 || firstCr < start + byLf.contentLength);
  const byCr = mayEndInCr ? loneCrRecord(bytes, start, delimiter, keepCells, complete) : null;
  if (byCr !== null && (lfNext < 0 || byCr.scanner.contentLength < byLf.contentLength)) return byCr;
  if (lfNext < 0) return complete ? { unclosedCell: byLf.openQuote?.cell ?? 0 } : null;
  const withCr = bytes[start + byLf.contentLength] === CR;
  return { delimiter, lineEnd: withCr ? 'crlf' : 'lf', scanner: byLf, next: lfNext };
}

/** The header when a CR without an LF behind it ends it. */
function loneCrRecord(
  bytes: Buffer,
  start: number,
  delimiter: Dialect['delimiter'],
  keepCells: number,
  complete: boolean,
): FoundRecord | null {
  const scanner = new RecordScanner({ delimiter, lineEnd: 'cr' }, keepCells);
  const next = scanner.scan(bytes, start, bytes.length, complete);
  const end = start + scanner.contentLength;
  const isLone = next >= 0 && bytes[end] === CR && bytes[end + 1] !== LF;
  return isLone ? { delimiter, lineEnd: 'cr', scanner, next } : null;
}

/** The delimiter under which the header says most: known names first, then the number of cells. */
function score(names: readonly string[], columns: ColumnMapping): number {
  const known = Object.values(columns).filter((name: string) => names.includes(name.trim())).length;
  return known * (MAX_COLUMNS + 1) + names.length;
}

function cellTexts(bytes: Buffer, start: number, scanner: RecordScanner): string[] {
  const count = Math.min(scanner.cellCount, MAX_COLUMNS);
  return Array.from({ length: count }, (_, cell) =>
    decodeCell(bytes, start + scanner.start(cell), start + scanner.end(cell)).trim(),
  );
}

function skipBlankLines(bytes: Buffer, from: number): { readonly start: number; readonly line: number } {
  let line = 1;
  let start = from;
  for (let at = from; at < bytes.length && isSpace(bytes[at]); at++) {
    const lineEnds = bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF);
    if (!lineEnds) continue;
    line++;
    start = at + 1;
  }
  const blankTail = bytes.subarray(start).every((byte) => isSpace(byte));
  return { start: blankTail ? bytes.length : start, line };
}

/** Refuses what people save from a spreadsheet by mistake, in the words that help them. */
function refuseOtherFormats(bytes: Buffer, path: string): void {
  const place = { file: path, line: 1, column: 1 };
  if (bytes.length >= 4 && bytes.readUInt32BE(0) === 0x504b0304) {
    throw new RowtrailError('csv_invalid', 'this is a workbook, not a CSV: save it as "CSV UTF-8"', place);
  }
  const mark = bytes.length >= 2 ? bytes.readUInt16BE(0) : 0;
  const head = bytes.subarray(0, 1024);
  const nulBytes = head.reduce((count, byte) => (byte === 0 ? count + 1 : count), 0);
  if (mark === 0xfffe || mark === 0xfeff || (head.length >= 2 && nulBytes * 4 >= head.length)) {
    throw new RowtrailError('csv_invalid', 'the file is UTF-16: save it as "CSV UTF-8"', place);
  }
}

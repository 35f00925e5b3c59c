import type { FileHandle } from 'node:fs/promises';
import { RowtrailError } from '../../errors/index.ts';
import { TRACKING_COLUMNS } from '../../row/index.ts';
import { CR, isSpace, LF } from '../bytes.ts';
import { decodeCell } from '../cell.ts';
import type { ColumnMapping } from '../column-mapping.ts';
import { DELIMITERS, type RecordDialect } from '../dialect.ts';
import { type Header, readHeader } from '../header.ts';
import { layoutOf } from '../layout.ts';
import { RecordScanner } from '../record-scanner.ts';

/** What the rows below are checked by. */
export type LenientHeader = Pick<Header, 'layout' | 'line' | 'end' | 'nextLine'> & {
  readonly dialect: RecordDialect;
};

export interface HeaderReading {
  /** Null where the file has no header that could be understood. */
  readonly header: LenientHeader | null;
  /** Why every other reader refuses the file, or null. */
  readonly refusal: RowtrailError | null;
}

/** A header that lacks required columns is looked for within so many bytes. */
const HEADER_BYTES = 1024 * 1024;
const MAX_COLUMNS = 16_384;

/** Reads the header; one that lacks required columns is still read, so that the rows below can be checked. */
export async function readLenientHeader(
  handle: FileHandle,
  size: number,
  columns: ColumnMapping,
  path: string,
): Promise<HeaderReading> {
  try {
    return { header: await readHeader(handle, size, columns, path), refusal: null };
  } catch (error) {
    if (!(error instanceof RowtrailError && error.code === 'csv_invalid')) throw error;
    const bytes = Buffer.alloc(Math.min(size, HEADER_BYTES));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    const header = lenientHeader(bytes.subarray(0, bytesRead), bytesRead >= size, columns);
    return { header, refusal: error };
  }
}

/** The first line that is not blank, as it reads with the delimiter that shows most known names; null when it shows none. Pure. */
export function lenientHeader(
  bytes: Buffer,
  complete: boolean,
  columns: ColumnMapping,
): LenientHeader | null {
  const { start, line } = firstLine(bytes);
  if (start >= bytes.length) return null;
  const wanted = new Set([...Object.values(columns).map((name: string) => name.trim()), ...TRACKING_COLUMNS]);
  const candidates = DELIMITERS.flatMap((delimiter) => {
    const dialect = { delimiter, lineEnd: lineEndFrom(bytes, start) } as const;
    const scanner = new RecordScanner(dialect, Math.min(MAX_COLUMNS, bytes.length - start + 1));
    const end = scanner.scan(bytes, start, bytes.length, complete);
    if (end < 0 || scanner.cellCount > MAX_COLUMNS) return [];
    const names = Array.from({ length: scanner.cellCount }, (_, cell) =>
      decodeCell(bytes, start + scanner.start(cell), start + scanner.end(cell)).trim(),
    );
    const known = names.filter((name) => wanted.has(name)).length;
    const nextLine = line + scanner.innerLines + 1;
    return [{ known, cells: names.length, names, end, nextLine, dialect }];
  }).toSorted((one, other) => other.known - one.known || other.cells - one.cells);
  const best = candidates[0];
  if (best === undefined || best.known === 0) return null;
  const { dialect, names, end, nextLine } = best;
  return { dialect, layout: layoutOf(names, columns), line, end, nextLine };
}

function firstLine(bytes: Buffer): { readonly start: number; readonly line: number } {
  const from = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  let at = from;
  let start = from;
  let line = 1;
  for (; at < bytes.length && isSpace(bytes[at]); at++) {
    if (bytes[at] !== LF && (bytes[at] !== CR || bytes[at + 1] === LF)) continue;
    line++;
    start = at + 1;
  }
  return { start: at < bytes.length ? start : bytes.length, line };
}

/** A CR before any LF and not beside it ends lines itself. */
function lineEndFrom(bytes: Buffer, start: number): 'lf' | 'cr' {
  const cr = bytes.indexOf(CR, start);
  const lf = bytes.indexOf(LF, start);
  return cr >= 0 && (lf < 0 || cr < lf - 1) ? 'cr' : 'lf';
}

import { CR, isSpace, LF } from '../bytes.ts';
import { decodeCell } from '../cell.ts';
import type { ColumnMapping } from '../column-mapping.ts';
import { DELIMITERS, type RecordDialect } from '../dialect.ts';
import { type Layout, layoutOf } from '../layout.ts';
import { RecordScanner } from '../record-scanner.ts';

/** The first line of a CSV whose names mean nothing to us yet. */
export interface GuessedHeader {
  readonly dialect: RecordDialect;
  readonly layout: Layout;
  /** Offset of its first byte: behind a byte order mark and blank lines. */
  readonly start: number;
  /** Offset of the next line. */
  readonly end: number;
}

/** Columns that a header has at most. */
export const MAX_COLUMNS = 16_384;

/**
 * The first line that is not blank, with the delimiter under which it shows most of the wanted names, then most cells.
 * Null where there is none, or a quote in it is not closed within these bytes. Pure.
 */
export function guessHeader(bytes: Buffer, complete: boolean, columns: ColumnMapping): GuessedHeader | null {
  const start = firstLine(bytes);
  if (start >= bytes.length) return null;
  const wanted = new Set(Object.values(columns).map((name: string) => name.trim()));
  const [best] = DELIMITERS.flatMap((delimiter) => {
    const dialect = { delimiter, lineEnd: lineEndFrom(bytes, start) } as const;
    const scanner = new RecordScanner(dialect, Math.min(MAX_COLUMNS, bytes.length - start + 1));
    const end = scanner.scan(bytes, start, bytes.length, complete);
    if (end < 0 || scanner.cellCount > MAX_COLUMNS) return [];
    const names = Array.from({ length: scanner.cellCount }, (_, cell) =>
      decodeCell(bytes, start + scanner.start(cell), start + scanner.end(cell)).trim(),
    );
    return [{ dialect, names, end, known: names.filter((name) => wanted.has(name)).length }];
  }).toSorted((one, other) => other.known - one.known || other.names.length - one.names.length);
  if (best === undefined) return null;
  return { dialect: best.dialect, layout: layoutOf(best.names, columns), start, end: best.end };
}

function firstLine(bytes: Buffer): number {
  const from = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  let start = from;
  let at = from;
  for (; at < bytes.length && isSpace(bytes[at]); at++)
    if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF)) start = at + 1;
  return at < bytes.length ? start : bytes.length;
}

/** A CR before any LF and not beside it ends lines itself. */
function lineEndFrom(bytes: Buffer, start: number): 'lf' | 'cr' {
  const cr = bytes.indexOf(CR, start);
  const lf = bytes.indexOf(LF, start);
  return cr >= 0 && (lf < 0 || cr < lf - 1) ? 'cr' : 'lf';
}

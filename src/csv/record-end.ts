import { CR, LF } from './bytes.ts';
import type { CsvIndex } from './csv-index.ts';

/**
 * Where a row's content ends, found from where the next row begins: possible when the next physical line is that row.
 * @param byteAt the byte at an offset of the file, undefined where it is not at hand
 * @returns an offset of the file, or null when the row has to be read to know it
 */
export function contentEndOf(
  index: CsvIndex,
  row: number,
  byteAt: (offset: number) => number | undefined,
): number | null {
  const { starts, lines } = index.parts;
  const next = starts.at(row + 1);
  if (next === undefined || lines[row + 1] !== (lines[row] ?? 0) + 1) return null;
  const last = byteAt(next - 1);
  const lastButOne = byteAt(next - 2);
  if (last === undefined || lastButOne === undefined) return null;
  const lineEnd = index.dialect.lineEnd === 'cr' ? CR : LF;
  if (last === LF && lastButOne === CR) return next - 2;
  return last === lineEnd ? next - 1 : null;
}

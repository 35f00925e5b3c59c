import { CsvIndex } from './csv-index.ts';
import type { FileIdentity } from './file-identity.ts';
import { haveRoomFor, type RowStarts } from './row-starts.ts';

/** Rewrites of more rows than this are not described: whoever meets their file reads it. */
const MOST_ROWS = 1000;

/** One row of a rewrite: its position, the bytes by which it grew, and its flags in the new file. */
type RowStep = readonly [row: number, growth: number, flags: number];

/**
 * What a rewrite did to an index, as a short text, for other processes that hold the index of the file before.
 * @param rows the rows that were rewritten
 * @returns null for a rewrite that changed more than some rows' lengths and statuses, or too many of them
 */
export function describeStep(from: CsvIndex, to: CsvIndex, rows: Iterable<number>): string | null {
  const sorted = [...rows].toSorted((one, other) => one - other);
  const sameLines = from.parts.lines === to.parts.lines;
  if (sorted.length > MOST_ROWS || !sameLines || from.header.length !== to.header.length) return null;
  const steps = sorted.map((row): RowStep => [
    row,
    spanOf(to, row) - spanOf(from, row),
    to.parts.flags[row] ?? 0,
  ]);
  return JSON.stringify(steps);
}

/** From a row's first byte to that of the next row, or to the end of the file. */
function spanOf({ parts: { starts, identity } }: CsvIndex, row: number): number {
  return (starts[row + 1] ?? Number(identity.size)) - (starts[row] ?? 0);
}

/**
 * The index of a file that others made of the one that `from` describes: nobody has to read what is known.
 * @param changes what {@link describeStep} said of each rewrite, in their order
 * @param identity of the file after the last of them
 * @returns null when they do not lead there
 */
export function takeSteps(
  from: CsvIndex,
  changes: readonly string[],
  identity: FileIdentity,
): CsvIndex | null {
  const starts = from.parts.starts.slice();
  const flags = from.parts.flags.slice();
  let size = Number(from.identity.size);
  for (const change of changes) {
    let shift = 0;
    let placed = 0;
    for (const [row, growth, newFlags] of JSON.parse(change) as readonly RowStep[]) {
      if (!(row >= placed && row < starts.length)) return null;
      moveBy(starts, placed, row + 1, shift);
      flags[row] = newFlags;
      shift += growth;
      placed = row + 1;
    }
    moveBy(starts, placed, starts.length, shift);
    size += shift;
  }
  const arrived = size === Number(identity.size) && haveRoomFor(starts, size);
  return arrived ? new CsvIndex({ ...from.parts, starts, flags, identity }) : null;
}

function moveBy(starts: RowStarts, from: number, to: number, shift: number): void {
  if (shift === 0) return;
  for (let at = from; at < to; at++) starts[at] = (starts[at] ?? 0) + shift;
}

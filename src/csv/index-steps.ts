import { CsvIndex } from './csv-index.ts';
import type { FileIdentity } from './file-identity.ts';
import { MovedStarts } from './row-starts.ts';

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
    to.parts.flags.at(row),
  ]);
  return JSON.stringify(steps);
}

/** From a row's first byte to that of the next row, or to the end of the file. */
function spanOf({ parts: { starts, identity } }: CsvIndex, row: number): number {
  return (starts.at(row + 1) ?? Number(identity.size)) - (starts.at(row) ?? 0);
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
  let { starts } = from.parts;
  const flags = from.parts.flags.copy();
  let size = Number(from.identity.size);
  for (const change of changes) {
    const moved = new MovedStarts(starts);
    let shift = 0;
    let placed = 0;
    for (const [row, growth, newFlags] of JSON.parse(change) as readonly RowStep[]) {
      if (!(Number.isInteger(row) && row >= placed && row < starts.length)) return null;
      moved.placeUntil(row + 1, shift);
      flags.set(row, newFlags);
      shift += growth;
      placed = row + 1;
    }
    moved.placeUntil(starts.length, shift);
    starts = moved.finish();
    size += shift;
  }
  return size === Number(identity.size) ? new CsvIndex({ ...from.parts, starts, flags, identity }) : null;
}

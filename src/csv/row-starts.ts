/**
 * Where each row begins, in bytes from the beginning of the file: four bytes a row, eight in a file so large that four may not
 * do, also after a rewrite.
 */
export type RowStarts = Float64Array | Uint32Array;

/** The first offset that has no room in four bytes. */
const TOO_FAR = 2 ** 32;
const LARGE_BYTES = 2 ** 31;

/** @param size of the file, or of the one that it is made of */
export function newStarts(rows: number, size: number): RowStarts {
  return size < LARGE_BYTES ? new Uint32Array(rows) : new Float64Array(rows);
}

/** Whether offsets up to this one have room. */
export function haveRoomFor(starts: RowStarts, offset: number): boolean {
  return offset < TOO_FAR || starts instanceof Float64Array;
}

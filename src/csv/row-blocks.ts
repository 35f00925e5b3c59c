const SHIFT = 12;

/** Rows of one block: what an index keeps of rows stands in blocks, so that the next index can share those that stay the same. */
export const BLOCK_ROWS = 1 << SHIFT;

/** The block in which a row stands. */
export function blockOf(row: number): number {
  return row >>> SHIFT;
}

/** The row's place in its block. */
export function placeInBlock(row: number): number {
  return row & (BLOCK_ROWS - 1);
}

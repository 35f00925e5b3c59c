import { BLOCK_ROWS, blockOf, placeInBlock } from './row-blocks.ts';

/** Distances from a block's base: four bytes a row, eight in a block so large that four do not do. */
type Distances = Uint32Array | Float64Array;

/** The first distance that has no room in four bytes. */
const TOO_FAR = 2 ** 32;

/**
 * Where each row begins, in bytes from the beginning of the file. A block of rows holds their distances from its base, so that
 * the index of a rewritten file shares with the old one's every block in which no row has another length: to move it is one
 * number. An index that is replaced leaves hardly anything for the garbage collector, which comes late to large arrays.
 */
export class RowStarts {
  readonly length: number;
  readonly #bases: Float64Array;
  readonly #blocks: readonly Distances[];

  constructor(length: number, bases: Float64Array, blocks: readonly Distances[]) {
    this.length = length;
    this.#bases = bases;
    this.#blocks = blocks;
  }

  /** Undefined for a row that is not there. */
  at(row: number): number | undefined {
    if (row >>> 0 !== row || row >= this.length) return undefined;
    const block = blockOf(row);
    return (this.#bases[block] ?? 0) + (this.#blocks[block]?.[placeInBlock(row)] ?? 0);
  }

  /** Where the last row begins; 0 where there are none. */
  get last(): number {
    return this.at(this.length - 1) ?? 0;
  }

  /** For {@link MovedStarts}. */
  baseOf(block: number): number {
    return this.#bases[block] ?? 0;
  }

  /** For {@link MovedStarts}. */
  distancesOf(block: number): Distances {
    return this.#blocks[block] ?? new Uint32Array(0);
  }
}

/** Collects where rows begin, in file order. */
export class RowStartList {
  readonly #bases: number[] = [];
  readonly #blocks: Distances[] = [];
  #base = 0;
  #block: Distances = new Uint32Array(0);
  #length = 0;

  add(start: number): void {
    const place = placeInBlock(this.#length);
    if (place === 0) {
      this.#base = start;
      this.#block = new Uint32Array(BLOCK_ROWS);
      this.#bases.push(start);
      this.#blocks.push(this.#block);
    }
    this.#block = withRoomFor(this.#block, start - this.#base);
    this.#blocks[this.#blocks.length - 1] = this.#block;
    this.#block[place] = start - this.#base;
    this.#length++;
  }

  finish(): RowStarts {
    const blocks = this.#blocks.map((block, at) => trimmed(block, this.#length - at * BLOCK_ROWS));
    return new RowStarts(this.#length, Float64Array.from(this.#bases), blocks);
  }
}

/** The starts of the same rows in a file that is made of another one. */
export class MovedStarts {
  readonly #old: RowStarts;
  readonly #bases: Float64Array;
  readonly #blocks: Distances[] = [];
  #placed = 0;
  /** By how much the base of the block moved that is being placed. */
  #baseShift = 0;

  constructor(old: RowStarts) {
    this.#old = old;
    this.#bases = new Float64Array(Math.ceil(old.length / BLOCK_ROWS));
  }

  /** Rows before this one that have no place yet lie so many bytes further back than in the old file. */
  placeUntil(row: number, shift: number): void {
    while (this.#placed < row) {
      const block = blockOf(this.#placed);
      if (placeInBlock(this.#placed) === 0) {
        this.#baseShift = shift;
        this.#bases[block] = this.#old.baseOf(block) + shift;
        this.#blocks.push(this.#old.distancesOf(block));
      }
      const until = Math.min(row, (block + 1) * BLOCK_ROWS);
      if (shift !== this.#baseShift) this.#moveWithin(block, until, shift - this.#baseShift);
      this.#placed = until;
    }
  }

  /** The block is no longer that of the old index. */
  #moveWithin(block: number, until: number, by: number): void {
    const old = this.#old.distancesOf(block);
    let moved = this.#blocks[block] ?? old;
    if (moved === old) moved = old.slice();
    for (let row = this.#placed; row < until; row++) {
      const place = placeInBlock(row);
      const distance = (old[place] ?? 0) + by;
      moved = withRoomFor(moved, distance);
      moved[place] = distance;
    }
    this.#blocks[block] = moved;
  }

  /** To be called when all rows have a place. */
  finish(): RowStarts {
    if (this.#placed !== this.#old.length) throw new RangeError('some rows have no place yet');
    return new RowStarts(this.#old.length, this.#bases, this.#blocks);
  }
}

function withRoomFor(block: Distances, distance: number): Distances {
  const hasRoom = (distance >= 0 && distance < TOO_FAR) || block instanceof Float64Array;
  return hasRoom ? block : Float64Array.from(block);
}

function trimmed(block: Distances, length: number): Distances {
  return length < block.length ? block.slice(0, length) : block;
}

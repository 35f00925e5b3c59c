import { BLOCK_ROWS, blockOf, placeInBlock } from './row-blocks.ts';

/** The flags of each row (see row-flags.ts), two bytes a row. A copy shares every block of rows in which nothing was changed. */
export class FlagList {
  readonly #blocks: Uint16Array[];
  /** Whether a block is this list's own. */
  readonly #own: boolean[];
  #length: number;

  private constructor(blocks: Uint16Array[], own: boolean[], length: number) {
    this.#blocks = blocks;
    this.#own = own;
    this.#length = length;
  }

  static empty(): FlagList {
    return new FlagList([], [], 0);
  }

  get length(): number {
    return this.#length;
  }

  /** 0 for a row that is not there. */
  at(row: number): number {
    return this.#blocks[blockOf(row)]?.[placeInBlock(row)] ?? 0;
  }

  add(flags: number): void {
    const row = this.#length++;
    if (placeInBlock(row) === 0) {
      this.#blocks.push(new Uint16Array(BLOCK_ROWS));
      this.#own.push(true);
    }
    this.set(row, flags);
  }

  set(row: number, flags: number): void {
    const at = blockOf(row);
    let block = this.#blocks[at];
    if (block === undefined || row >= this.#length) throw new RangeError(`no row ${row} in the CSV`);
    if (this.#own[at] !== true) {
      block = block.slice();
      this.#blocks[at] = block;
      this.#own[at] = true;
    }
    block[placeInBlock(row)] = flags;
  }

  /** A list that may be changed while this one stays as it is; this one must not be changed any more. */
  copy(): FlagList {
    return new FlagList([...this.#blocks], new Array<boolean>(this.#blocks.length).fill(false), this.#length);
  }
}

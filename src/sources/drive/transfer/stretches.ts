import type { Range } from './ranges.ts';

/** Two connections share what is left of a stretch when each gets at least so much. */
export const LEAST_SHARE = 256 << 10;

/** Bytes that one connection brings. */
export interface Stretch {
  /** The next byte to come. */
  at: number;
  /** Up to and without this one; comes nearer when another connection takes over the rest. */
  end: number;
}

/** Who brings what of a file: what is missing, dealt out among connections, each byte to one of them. */
export class Stretches {
  #free: readonly Range[];
  readonly #taken = new Set<Stretch>();

  /** @param missing in order; the end of the last is Infinity where the size is not known */
  constructor(missing: readonly Range[]) {
    this.#free = missing;
  }

  /** Bytes that have not come yet. */
  get missing(): number {
    const free = this.#free.reduce((sum, { start, end }) => sum + end - start, 0);
    return [...this.#taken].reduce((sum, { at, end }) => sum + end - at, free);
  }

  /** A stretch that nobody brings yet, else the second half of the longest; null when nothing is left to share. */
  take(): Stretch | null {
    const [next, ...others] = this.#free;
    if (next !== undefined) {
      this.#free = others;
      return this.#taking({ at: next.start, end: next.end });
    }
    let longest: Stretch | null = null;
    for (const stretch of this.#taken) {
      if (longest === null || stretch.end - stretch.at > longest.end - longest.at) longest = stretch;
    }
    if (longest === null || longest.end - longest.at < 2 * LEAST_SHARE) return null;
    const { end } = longest;
    const middle = longest.at + Math.ceil((end - longest.at) / 2);
    longest.end = middle;
    return this.#taking({ at: middle, end });
  }

  /**
   * A connection lets go of its stretch. What it did not bring goes back to the connection that comes up to there, whose
   * body may well go on, else to whoever takes it next.
   */
  leave(stretch: Stretch): void {
    if (!this.#taken.delete(stretch) || stretch.at >= stretch.end) return;
    for (const other of this.#taken) {
      if (other.end !== stretch.at) continue;
      other.end = stretch.end;
      return;
    }
    this.#free = [{ start: stretch.at, end: stretch.end }, ...this.#free];
  }

  #taking(stretch: Stretch): Stretch {
    this.#taken.add(stretch);
    return stretch;
  }
}

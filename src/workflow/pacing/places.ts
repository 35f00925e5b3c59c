import type { DownloadType } from '../../row/index.ts';

/**
 * How many downloads may be under way for each place at a host. One of Drive's leaves its place once its bytes are here, and
 * others begin while files are put on the disk and recorded; of a host that is slow to answer up to three times as much is asked for
 * at once. Downloads that need no host, because nobody could fetch their link, are recorded together.
 */
export const DOWNLOADS_A_PLACE: Readonly<Record<DownloadType, number>> = { youtube: 4, drive: 3 };

/** So many may be inside at once; the others wait outside, in order. */
export class Places {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Does something inside. */
  async within<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

import type { Clock } from '../../hosts/index.ts';

/** A projection is followed by a rest of this many times its own duration: write-backs stay under a tenth of a run. */
const REST_FACTOR = 10;
/** The least time between two projections, in milliseconds. */
const LEAST_REST_MS = 500;
/** The most: a machine that slept while it wrote took no hours to write. */
const MOST_REST_MS = 600_000;

/**
 * Decides when recorded results go into the CSV: often while that is cheap, seldom when the file is large.
 * `flush` projects at once and waits; what it throws is the projection's own error.
 */
export class Pacer {
  readonly #project: () => Promise<void>;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  #stop = new AbortController();
  #waiting: Promise<void> | null = null;
  #rest = LEAST_REST_MS;

  constructor(project: () => Promise<void>, clock: Clock, onError: (error: unknown) => void) {
    this.#project = project;
    this.#clock = clock;
    this.#onError = onError;
  }

  /** Something was recorded. */
  poke(): void {
    this.#waiting ??= this.#later().finally(() => (this.#waiting = null));
  }

  /** Ends the waiting and projects at once. */
  async flush(): Promise<void> {
    this.#stop.abort();
    await this.#waiting;
    this.#stop = new AbortController();
    await this.#project();
  }

  async #later(): Promise<void> {
    try {
      await this.#clock.sleep(this.#rest, this.#stop.signal);
    } catch {
      return;
    }
    const start = this.#clock.now();
    try {
      await this.#project();
    } catch (error) {
      this.#onError(error);
    }
    const rest = (this.#clock.now() - start) * REST_FACTOR;
    this.#rest = Math.min(Math.max(LEAST_REST_MS, rest), MOST_REST_MS);
  }
}

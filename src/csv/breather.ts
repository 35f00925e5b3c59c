import { setImmediate } from 'node:timers/promises';

/** The first pause comes after this part of the steps: code that was not compiled yet takes so much longer. */
const COLD_PART = 16;

/** Gives way to other work now and then, where a loop over data in memory would hold up the event loop. */
export class Breather {
  readonly #most: number;
  #steps: number;
  #left: number;

  /** @param steps how many steps take about two milliseconds once they were done some thousand times */
  constructor(steps: number) {
    this.#most = steps;
    this.#steps = Math.ceil(steps / COLD_PART);
    this.#left = this.#steps;
  }

  /** True when it is time to `await` {@link Breather.breathe}. */
  step(count = 1): boolean {
    this.#left -= count;
    return this.#left <= 0;
  }

  async breathe(): Promise<void> {
    this.#steps = Math.min(this.#steps * 2, this.#most);
    this.#left = this.#steps;
    await setImmediate();
  }
}

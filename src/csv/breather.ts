import { setImmediate } from 'node:timers/promises';

/** Gives way to other work now and then, where a loop over data in memory would hold up the event loop. */
export class Breather {
  readonly #steps: number;
  #left: number;

  /** @param steps how many steps take about two milliseconds */
  constructor(steps: number) {
    this.#steps = steps;
    this.#left = steps;
  }

  /** True when it is time to `await` {@link Breather.breathe}. */
  step(count = 1): boolean {
    this.#left -= count;
    return this.#left <= 0;
  }

  async breathe(): Promise<void> {
    this.#left = this.#steps;
    await setImmediate();
  }
}

/**
 * Work that many ask for at the same time: calls that come while it runs share the next turn, so that what a caller did
 * before its call is always seen by the turn that it waits for.
 */
export class SharedTurn<Result> {
  readonly #work: () => Promise<Result>;
  #running: Promise<Result> | null = null;
  #following: Promise<Result> | null = null;

  constructor(work: () => Promise<Result>) {
    this.#work = work;
  }

  /** @throws what the work throws in the turn that was waited for */
  take(): Promise<Result> {
    if (this.#running === null) {
      this.#running = this.#work().finally(() => (this.#running = null));
      return this.#running;
    }
    this.#following ??= this.settled().then(() => {
      this.#following = null;
      return this.take();
    });
    return this.#following;
  }

  /** Resolves when the turn that runs now has ended, well or not. */
  async settled(): Promise<void> {
    await this.#running?.catch(() => {});
  }
}

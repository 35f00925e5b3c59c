/** Works that go on at the same time and end together: when one fails the others are stopped and waited for. */
export class WorkGroup {
  readonly #failed = new AbortController();
  /** Stops each of them: one has failed, or the given signal has fired. */
  readonly signal: AbortSignal;

  constructor(signal?: AbortSignal) {
    this.signal = signal === undefined ? this.#failed.signal : AbortSignal.any([signal, this.#failed.signal]);
  }

  /** @throws what failed first, once every work has ended */
  async all(works: readonly Promise<unknown>[]): Promise<void> {
    const errors: unknown[] = [];
    const ended = works.map((work) =>
      work.catch((error: unknown) => {
        errors.push(error);
        this.#failed.abort();
      }),
    );
    await Promise.all(ended);
    if (errors.length > 0) throw errors[0];
  }
}

import type { Clock } from '../../src/hosts/index.ts';

/** A clock that moves only when it is told to. */
export class HandClock implements Clock {
  #now = 1_000_000;
  readonly #settle: () => Promise<void>;
  readonly #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  constructor(settled: () => Promise<void> = settle) {
    this.#settle = settled;
  }

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    this.#sleepers.push({ at: this.#now + milliseconds, wake: resolve });
    promise.catch(() => {});
    return promise;
  }

  async pass(milliseconds: number): Promise<void> {
    await this.#settle();
    this.#now += milliseconds;
    for (const { at, wake } of this.#sleepers) if (at <= this.#now) wake();
    await this.#settle();
  }
}

/** Everything that can go on without time passing has gone on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

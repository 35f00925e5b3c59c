/** Before each new download: open, unless somebody paused the run. */
export class RunGate {
  #closed: PromiseWithResolvers<void> | null = null;
  #closings = 0;

  get isOpen(): boolean {
    return this.#closed === null;
  }

  /** How often it was closed: for who wants to know whether it was, meanwhile. */
  get closings(): number {
    return this.#closings;
  }

  close(): void {
    if (this.#closed !== null) return;
    this.#closed = Promise.withResolvers();
    this.#closings++;
  }

  open(): void {
    this.#closed?.resolve();
    this.#closed = null;
  }

  /** Resolves when it is open. @throws the signal's reason when that fires before */
  async whenOpen(signal?: AbortSignal): Promise<void> {
    while (this.#closed !== null) {
      signal?.throwIfAborted();
      const stopped = Promise.withResolvers<void>();
      const onAbort = () => stopped.resolve();
      signal?.addEventListener('abort', onAbort, { once: true });
      await Promise.race([this.#closed.promise, stopped.promise]);
      signal?.removeEventListener('abort', onAbort);
    }
    signal?.throwIfAborted();
  }
}

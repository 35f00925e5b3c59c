/**
 * So much is written before the disk is asked to have it, so that the end is no long wait and little is lost with the power: after
 * that, only what was synced is taken to be there.
 */
export const SYNC_BYTES = 64 << 20;

/** Syncs what was written now and then, while more is written. */
export class SyncBehind {
  #unsynced = 0;
  #running: Promise<void> | null = null;
  #error: unknown = null;

  /** @throws the system error that a sync has met */
  check(): void {
    if (this.#error !== null) throw this.#error;
  }

  /** So many bytes more were written. @param sync begun when it is time for one, and none runs */
  wrote(bytes: number, sync: () => Promise<void>): void {
    this.#unsynced += bytes;
    if (this.#unsynced < SYNC_BYTES || this.#running !== null) return;
    this.#unsynced = 0;
    this.#running = sync()
      // The next write meets it.
      .catch((error: unknown) => void (this.#error = error))
      .finally(() => (this.#running = null));
  }

  /** Waits for what runs, and begins anew. */
  async end(): Promise<void> {
    await this.#running;
    this.#error = null;
    this.#unsynced = 0;
  }
}

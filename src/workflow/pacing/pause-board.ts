import type { HostEvent, HostPause } from '../../hosts/index.ts';

/** Which hosts are paused just now, kept along from what is told of them. */
export class PauseBoard {
  readonly #pauses = new Map<string, HostPause>();
  #news = Promise.withResolvers<void>();

  heed(event: HostEvent): void {
    if (event.kind === 'paused') this.#pauses.set(event.pause.host, event.pause);
    else this.#pauses.delete(event.host);
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  of(host: string): HostPause | null {
    return this.#pauses.get(host) ?? null;
  }

  /** All of them. */
  get pauses(): readonly HostPause[] {
    return [...this.#pauses.values()];
  }

  /** Resolves when a pause begins or ends after this call. */
  news(): Promise<void> {
    return this.#news.promise;
  }
}

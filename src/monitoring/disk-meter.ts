import { type DiskUsage, measureDiskUsage, type UsageLimits } from './disk-usage.ts';

/** Milliseconds for which folders that were too large to look through are not looked through again. */
const LEFT_ALONE_MS = 600_000;

/** Measures the same folders again and again, as a dashboard asks, without reading a huge folder each time. */
export class DiskMeter {
  readonly #folders: readonly string[];
  readonly #limits: UsageLimits | undefined;
  readonly #monotonic: () => number;
  #lookAgainAt = Number.NEGATIVE_INFINITY;

  /** @param limits those of `measureDiskUsage` unless given */
  constructor(folders: readonly string[], limits?: UsageLimits) {
    this.#folders = folders;
    this.#limits = limits;
    this.#monotonic = limits?.monotonic ?? (() => performance.now());
  }

  /** @param recorded bytes on record; null where there is no record */
  async measure(recorded: number | null): Promise<DiskUsage> {
    if (recorded !== null && recorded > 0 && this.#monotonic() < this.#lookAgainAt)
      return { bytes: recorded, source: 'ledger', mediaFiles: 0, mediaBytes: 0 };
    const usage = await measureDiskUsage(this.#folders, recorded, this.#limits);
    if (usage.source !== 'disk') this.#lookAgainAt = this.#monotonic() + LEFT_ALONE_MS;
    return usage;
  }
}

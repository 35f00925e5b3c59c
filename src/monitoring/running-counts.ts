import type { DownloadType } from '../row/index.ts';
import type { DownloadStatusSummary } from '../tracker/index.ts';

type Counted = 'pending' | 'completed' | 'failed';

/** How the downloads stand while a run works, counted along: for `MetricsSampler`, which must not read the CSV every minute. */
export class RunningCounts {
  #now: DownloadStatusSummary;

  /** @param atStart what `getDownloadStatusSummary` said when the run began */
  constructor(atStart: DownloadStatusSummary) {
    this.#now = atStart;
  }

  /** Notes that a download's status was one and is now the other; one that is being tried counts as pending. */
  moved(type: DownloadType, from: Counted, to: Counted): void {
    if (from === to) return;
    const counts = this.#now[type];
    this.#now = {
      ...this.#now,
      // A person may have reset or removed rows meanwhile.
      [type]: { ...counts, [from]: Math.max(counts[from] - 1, 0), [to]: counts[to] + 1 },
    };
  }

  get now(): DownloadStatusSummary {
    return this.#now;
  }
}

import type { DownloadType } from '../row/index.ts';
import type { DownloadStatusSummary } from '../tracker/index.ts';

type Counted = 'pending' | 'completed' | 'failed';

const NOTHING = { hasContent: 0, pending: 0, completed: 0, failed: 0 };

/** How the downloads stand while a run works, counted along: for `MetricsSampler`, which must not read the CSV every minute. */
export class RunningCounts {
  #now: DownloadStatusSummary = { totalRows: 0, youtube: NOTHING, drive: NOTHING };

  /** @param summary how they stand when the run begins */
  begin(summary: DownloadStatusSummary): void {
    this.#now = summary;
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

import { getStoreActivity, type StoreActivity, type TrackerOptions } from '../../index.ts';
import type { StoreWork } from '../contract.ts';
import { plain } from './plain.ts';

/** Counting the jobs of a store looks at each of them: not more often than this, and ten times as rarely as it takes (milliseconds). */
const REST_MS = 3000;
const REST_TIMES = 10;

/** What goes on in the store, looked at now and then; null where there is no store, or nothing goes on. */
export class StoreLook {
  readonly #csvPath: string;
  readonly #tracking: TrackerOptions;
  #work: StoreWork | null = null;
  #nextAt = Number.NEGATIVE_INFINITY;

  constructor(csvPath: string, tracking: TrackerOptions) {
    this.#csvPath = csvPath;
    this.#tracking = tracking;
  }

  async now(): Promise<StoreWork | null> {
    const began = performance.now();
    if (began < this.#nextAt) return this.#work;
    const activity = await getStoreActivity(this.#csvPath, this.#tracking);
    this.#work = activity && shownWork(activity);
    const ended = performance.now();
    this.#nextAt = ended + Math.max(REST_MS, REST_TIMES * (ended - began));
    return this.#work;
  }
}

function shownWork({ workers, queue: { waiting, delayed, active, dead } }: StoreActivity): StoreWork {
  return {
    jobs: { waiting, delayed, active, dead },
    workers: workers.map(({ id, host, pid, version, underWay, done, failed, draining, silent }) => ({
      id,
      name: `${plain(host)}, process ${pid}`,
      version: plain(version),
      underWay,
      done,
      failed,
      state: silent ? 'silent' : draining ? 'draining' : 'working',
    })),
  };
}

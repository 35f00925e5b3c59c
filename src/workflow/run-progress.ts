import { DOWNLOAD_TYPES, type DownloadType } from '../row/index.ts';
import type { TransferProgress } from '../sources/index.ts';
import type { Plan } from './plan-counts.ts';

/** How far downloads are. */
export interface ProgressTotals {
  /** Downloads that have ended for this run, whichever way. */
  readonly done: number;
  /** Downloads that were due when the run began. */
  readonly total: number;
  /** What arrives now; null where nothing is being transferred. */
  readonly bytesPerSecond: number | null;
  /** At the rate of the latest downloads, and no less than the transfers under way still take; null until something is known. */
  readonly etaSeconds: number | null;
}

/** How far a run is: all of it, and each source. */
export interface RunTotals extends ProgressTotals {
  readonly sources: Readonly<Record<DownloadType, ProgressTotals>>;
}

/** The rate is that of so many downloads: what happened long before says little. */
const LATEST = 50;

/** Counts along how far a run is. */
export class RunProgress {
  readonly #sources = { youtube: new SourceProgress(), drive: new SourceProgress() };
  /** Milliseconds. */
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  begin(plan: Plan): void {
    for (const type of DOWNLOAD_TYPES)
      this.#sources[type].begin(plan[type].toFetch + plan[type].malformed, this.#now());
  }

  moved(progress: TransferProgress): RunTotals {
    this.#sources[progress.downloadType].moved(progress);
    return this.totals;
  }

  /** An attempt is over; the download may be tried again. */
  stopped(type: DownloadType, rowId: string): void {
    this.#sources[type].stopped(rowId);
  }

  ended(type: DownloadType): RunTotals {
    this.#sources[type].ended(this.#now());
    return this.totals;
  }

  get totals(): RunTotals {
    const now = this.#now();
    const youtube = this.#sources.youtube.totals(now);
    const drive = this.#sources.drive.totals(now);
    return { ...together([youtube, drive]), sources: { youtube, drive } };
  }
}

/** Sources go on at the same time: their speeds add up, and the slowest says when all is done. Pure. */
function together(sources: readonly ProgressTotals[]): ProgressTotals {
  const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
  const speeds = sources.flatMap(({ bytesPerSecond }) => bytesPerSecond ?? []);
  const open = sources.filter(({ done, total }) => done < total);
  const etas = open.flatMap(({ etaSeconds }) => etaSeconds ?? []);
  return {
    done: sum(sources.map(({ done }) => done)),
    total: sum(sources.map(({ total }) => total)),
    bytesPerSecond: speeds.length === 0 ? null : sum(speeds),
    etaSeconds: etas.length < open.length ? null : Math.max(0, ...etas),
  };
}

/** What is known of one transfer. */
interface Moving {
  readonly bytesPerSecond: number | null;
  readonly etaSeconds: number | null;
}

class SourceProgress {
  #total = 0;
  #done = 0;
  /** When the run began, then when the latest downloads ended. */
  readonly #times: number[] = [];
  /** The transfers under way, by row and label. */
  readonly #moving = new Map<string, Map<string, Moving>>();

  begin(total: number, now: number): void {
    this.#total = total;
    this.#times.push(now);
  }

  moved({ rowId, label, receivedBytes, totalBytes, bytesPerSecond, etaSeconds }: TransferProgress): void {
    const row = this.#moving.get(rowId) ?? new Map<string, Moving>();
    this.#moving.set(rowId, row);
    if (receivedBytes === totalBytes) row.delete(label);
    else row.set(label, { bytesPerSecond, etaSeconds });
  }

  stopped(rowId: string): void {
    this.#moving.delete(rowId);
  }

  ended(now: number): void {
    this.#done++;
    this.#times.push(now);
    if (this.#times.length > LATEST + 1) this.#times.shift();
  }

  totals(now: number): ProgressTotals {
    const moving = [...this.#moving.values()].flatMap((row) => [...row.values()]);
    const speeds = moving.flatMap(({ bytesPerSecond }) => bytesPerSecond ?? []);
    return {
      done: this.#done,
      total: this.#total,
      bytesPerSecond: speeds.length === 0 ? null : speeds.reduce((all, one) => all + one, 0),
      etaSeconds: this.#eta(now, moving),
    };
  }

  #eta(now: number, moving: readonly Moving[]): number | null {
    const [since] = this.#times;
    const ended = this.#times.length - 1;
    const left = Math.max(this.#total - this.#done, 0);
    if (left === 0) return 0;
    const etas = moving.flatMap(({ etaSeconds }) => etaSeconds ?? []);
    // A large file may take longer than all that is counted: what has come of it says so.
    const longest = Math.max(0, ...etas);
    if (since !== undefined && ended > 0)
      return Math.max((Math.max(now - since, 0) / 1000 / ended) * left, longest);
    const isAllUnderWay = this.#moving.size >= left && etas.length > 0 && etas.length === moving.length;
    return isAllUnderWay ? longest : null;
  }
}

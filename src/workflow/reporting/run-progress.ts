import { DOWNLOAD_TYPES, type DownloadType } from '../../row/index.ts';
import type { TransferProgress } from '../../sources/index.ts';
import { dueIn, type Plan } from '../planning/plan-counts.ts';

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
  readonly #clock: () => number;
  #pausedAt: number | null = null;
  #pausedMs = 0;

  constructor(now: () => number) {
    this.#clock = now;
  }

  /** No download begins from now on: this time says nothing about how fast they go. */
  pause(): void {
    this.#pausedAt ??= this.#clock();
  }

  resume(): void {
    this.#pausedMs = this.#clock() - this.#now();
    this.#pausedAt = null;
  }

  /** It stands still while the run is paused. */
  #now(): number {
    return (this.#pausedAt ?? this.#clock()) - this.#pausedMs;
  }

  begin(plan: Plan): void {
    const due = dueIn(plan);
    for (const type of DOWNLOAD_TYPES) this.#sources[type].begin(due[type], this.#now());
  }

  /** There is more to do than the plan said. @param total with what was done */
  expect(type: DownloadType, total: number): void {
    this.#sources[type].expect(total);
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

/** The transfers of a source that are under way. */
interface Together {
  readonly bytesPerSecond: number | null;
  /** Seconds of the one that takes longest; 0 where none says so. */
  readonly longest: number;
  readonly count: number;
  readonly withEta: number;
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

  expect(total: number): void {
    this.#total = total;
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
    const { bytesPerSecond, ...moving } = this.#together();
    return {
      done: this.#done,
      total: this.#total,
      bytesPerSecond,
      etaSeconds: this.#eta(now, moving),
    };
  }

  /** What the transfers under way say. Asked for with each of them several times, so it makes no lists. */
  #together(): Together {
    let bytesPerSecond: number | null = null;
    let longest = 0;
    let count = 0;
    let withEta = 0;
    for (const row of this.#moving.values()) {
      for (const transfer of row.values()) {
        count += 1;
        if (transfer.bytesPerSecond !== null)
          bytesPerSecond = (bytesPerSecond ?? 0) + transfer.bytesPerSecond;
        if (transfer.etaSeconds === null) continue;
        withEta += 1;
        longest = Math.max(longest, transfer.etaSeconds);
      }
    }
    return { bytesPerSecond, longest, count, withEta };
  }

  #eta(now: number, { longest, count, withEta }: Omit<Together, 'bytesPerSecond'>): number | null {
    const [since] = this.#times;
    const ended = this.#times.length - 1;
    const left = Math.max(this.#total - this.#done, 0);
    if (left === 0) return 0;
    // A large file may take longer than all that is counted: what has come of it says so.
    if (since !== undefined && ended > 0)
      return Math.max((Math.max(now - since, 0) / 1000 / ended) * left, longest);
    return this.#moving.size >= left && withEta > 0 && withEta === count ? longest : null;
  }
}

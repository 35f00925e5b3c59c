import { randomBytes } from 'node:crypto';
import type { HostPause } from '../../hosts/index.ts';
import type { Recommendation, SystemMetrics } from '../../monitoring/index.ts';
import { DOWNLOAD_TYPES, type DownloadResult, type DownloadType } from '../../row/index.ts';
import type { Failure } from './events.ts';
import type { Plan } from '../planning/plan-counts.ts';

/** Failures and notes of which a summary keeps the whole text; more are only counted. */
const KEPT = 1000;

export interface TypeRunSummary {
  /** Downloads that this run tried. */
  readonly tried: number;
  readonly completed: number;
  readonly failed: number;
  /** Tried, and to be tried later without having lost an attempt. */
  readonly later: number;
  /** Not tried although they were due: the run was stopped, a host refuses us, or a tool is missing. */
  readonly left: number;
  /** Further attempts that this run made of downloads that had failed in it. */
  readonly retries: number;
  readonly files: number;
  readonly bytes: number;
}

/** What a run did. */
export interface RunSummary {
  readonly runId: string;
  readonly csvPath: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly plan: Plan;
  readonly youtube: TypeRunSummary;
  readonly drive: TypeRunSummary;
  readonly failures: readonly Failure[];
  readonly notes: readonly string[];
  readonly pauses: readonly HostPause[];
  readonly interrupted: boolean;
  /** Whether everything that was due is completed. */
  readonly complete: boolean;
  /** How the whole CSV and this machine stood at the end; null where that could not be measured. */
  readonly metrics: SystemMetrics | null;
  /** What to do next, the most urgent first. */
  readonly recommendations: readonly Recommendation[];
  readonly log: string;
  readonly folders: Readonly<Record<DownloadType, string>>;
}

type Counts = { -readonly [Key in Exclude<keyof TypeRunSummary, 'left'>]: TypeRunSummary[Key] };

/** Adds up a run as it goes. */
export class RunTally {
  readonly #counts: Readonly<Record<DownloadType, Counts>> = { youtube: nothing(), drive: nothing() };
  /** Downloads that this run was to try, those that it tried included. */
  readonly #due: Record<DownloadType, number> = { youtube: 0, drive: 0 };
  readonly #failures: Failure[] = [];
  readonly #notes: string[] = [];
  readonly #pauses = new Map<string, HostPause>();

  /** What an attempt brought, whether it completed its download or not. */
  arrived(type: DownloadType, { items = [] }: DownloadResult): void {
    for (const { files } of items)
      this.brought(
        type,
        files.length,
        files.reduce((sum, { size }) => sum + size, 0),
      );
  }

  /** The same where only numbers are known. */
  brought(type: DownloadType, files: number, bytes: number): void {
    const counts = this.#counts[type];
    counts.files += files;
    counts.bytes += bytes;
  }

  /** A download that failed is tried again in this run. */
  retried(type: DownloadType): void {
    this.#counts[type].retries++;
  }

  /** A download has ended for this run. @param failure null when it is completed */
  ended(type: DownloadType, failure: Failure | null): void {
    const counts = this.#counts[type];
    counts.tried++;
    counts[failure === null ? 'completed' : failure.status === 'failed' ? 'failed' : 'later']++;
    if (failure !== null && this.#failures.length < KEPT) this.#failures.push(failure);
  }

  /** Whatever of it was not tried is left when the run ends. @param count downloads that are due and were not tried yet */
  due(type: DownloadType, count: number): void {
    this.#due[type] = this.#counts[type].tried + count;
  }

  pause(pause: HostPause): void {
    this.#pauses.set(pause.host, pause);
  }

  note(message: string): void {
    if (this.#notes.length < KEPT && !this.#notes.includes(message)) this.#notes.push(message);
  }

  of(type: DownloadType): { readonly tried: number; readonly left: number; readonly undone: number } {
    const { tried, failed, later, left } = this.#summaryOf(type);
    return { tried, left, undone: failed + later + left };
  }

  summary(
    facts: Pick<
      RunSummary,
      | 'runId'
      | 'csvPath'
      | 'startedAt'
      | 'endedAt'
      | 'plan'
      | 'interrupted'
      | 'metrics'
      | 'recommendations'
      | 'log'
      | 'folders'
    >,
  ): RunSummary {
    const { plan } = facts;
    const undone = DOWNLOAD_TYPES.reduce(
      (sum, type) => sum + this.of(type).undone + plan[type].waiting + plan[type].unusable,
      0,
    );
    return {
      ...facts,
      youtube: this.#summaryOf('youtube'),
      drive: this.#summaryOf('drive'),
      failures: this.#failures,
      notes: this.#notes,
      pauses: [...this.#pauses.values()],
      complete: undone === 0,
    };
  }

  #summaryOf(type: DownloadType): TypeRunSummary {
    const counts = this.#counts[type];
    return { ...counts, left: Math.max(this.#due[type] - counts.tried, 0) };
  }
}

function nothing(): Counts {
  return { tried: 0, completed: 0, failed: 0, later: 0, retries: 0, files: 0, bytes: 0 };
}

/** Sorts by time, and two runs of one second differ. */
export function newRunId(now: Date): string {
  return `${now.toISOString().slice(0, 19).replaceAll(':', '-')}-${randomBytes(2).toString('hex')}`;
}

import type { Clock } from '../../hosts/index.ts';
import {
  readRunWish,
  removeRunWish,
  type RunFailure,
  type RunNote,
  type RunTransfer,
  type RunWish,
  writeRunNote,
} from '../../monitoring/index.ts';
import type { DownloadType } from '../../row/index.ts';
import type { Failure, RunEvent } from './events.ts';
import type { RunTotals } from './run-progress.ts';

/** The note is replaced so often at most, and the wishes looked for. */
const NOTE_MS = 500;
const WISH_MS = 1000;
const MOST_FAILURES = 8;

export interface RunDeskOptions {
  readonly runId: string;
  /** Where the run tells of itself, and where others leave their wishes. */
  readonly noteFile: string;
  readonly wishFile: string;
  readonly clock: Clock;
  readonly totals: () => RunTotals;
  /** Told of each wish that is another one than before. */
  readonly onWish: (wish: RunWish) => void;
  /** Told once that others cannot be told how far the run is; it goes on all the same. */
  readonly onError: (error: unknown) => void;
}

/** Tells other processes how far a run is, and hears what they want of it, by two small files beside its lock. */
export class RunDesk {
  readonly #options: RunDeskOptions;
  readonly #since: string;
  /** The transfers of each download under way, by their label. */
  readonly #active = new Map<string, Map<string, RunTransfer>>();
  #failures: RunFailure[] = [];
  #wish: RunWish = 'run';
  #told = false;
  #busy: Promise<void> = Promise.resolve();
  #timers: NodeJS.Timeout[] = [];

  constructor(options: RunDeskOptions) {
    this.#options = options;
    this.#since = new Date(options.clock.now()).toISOString();
  }

  /** Begins to tell; wishes of before are gone. */
  async open(): Promise<void> {
    await removeRunWish(this.#options.wishFile).catch(() => {});
    await this.#tell(null);
    this.#timers = [
      setInterval(() => void this.#inTurn(() => this.#tell(null)), NOTE_MS),
      setInterval(() => void this.#inTurn(() => this.#look()), WISH_MS),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  heed(event: RunEvent): void {
    switch (event.kind) {
      case 'started':
        this.#active.set(keyOf(event.downloadType, event.rowId), new Map());
        break;
      case 'progress':
        this.#active
          .get(keyOf(event.progress.downloadType, event.progress.rowId))
          ?.set(event.progress.label, {
            ...event.progress,
          });
        break;
      case 'completed':
        this.#active.delete(keyOf(event.downloadType, event.rowId));
        break;
      case 'failed':
        this.#ended(event.failure);
        this.#failures = [failureOf(event.failure), ...this.#failures].slice(0, MOST_FAILURES);
        break;
      case 'retrying':
      case 'waiting':
        this.#ended(event.failure);
        break;
      default:
        break;
    }
  }

  /** The last note: nothing in it names a row. To be called while the run lock is held. */
  async close(exit: NonNullable<RunNote['ended']>['exit'], message: string | null): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#busy;
    this.#active.clear();
    this.#failures = [];
    await this.#tell({ at: new Date(this.#options.clock.now()).toISOString(), exit, message });
    await removeRunWish(this.#options.wishFile).catch(() => {});
  }

  #ended({ downloadType, rowId }: Failure): void {
    this.#active.delete(keyOf(downloadType, rowId));
  }

  /** One after the other; a slow disk is not asked again while it is busy. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#busy = this.#busy.then(work);
    return this.#busy;
  }

  async #tell(ended: RunNote['ended']): Promise<void> {
    const { runId, noteFile, totals } = this.#options;
    try {
      await writeRunNote(noteFile, {
        runId,
        pid: process.pid,
        since: this.#since,
        wish: this.#wish,
        totals: totals(),
        active: [...this.#active].flatMap(([key, transfers]) => shownTransfers(key, transfers)),
        failures: this.#failures,
        ended,
      });
    } catch (error) {
      if (!this.#told) this.#options.onError(error);
      this.#told = true;
    }
  }

  async #look(): Promise<void> {
    const wish = await readRunWish(this.#options.wishFile, this.#options.runId);
    if (wish === this.#wish || this.#wish === 'stop') return;
    this.#wish = wish;
    this.#options.onWish(wish);
    await this.#tell(null);
  }
}

function keyOf(type: DownloadType, rowId: string): string {
  return `${type}:${rowId}`;
}

/** A download that was begun and from which nothing has come yet is under way as well. */
function shownTransfers(key: string, transfers: ReadonlyMap<string, RunTransfer>): readonly RunTransfer[] {
  if (transfers.size > 0) return [...transfers.values()].filter(isOpen);
  const at = key.indexOf(':');
  return [
    {
      rowId: key.slice(at + 1),
      downloadType: key.slice(0, at) as DownloadType,
      label: '',
      receivedBytes: 0,
      totalBytes: null,
      bytesPerSecond: null,
      etaSeconds: null,
    },
  ];
}

function isOpen({ receivedBytes, totalBytes }: RunTransfer): boolean {
  return receivedBytes !== totalBytes;
}

function failureOf({ rowId, downloadType, message, nextStep }: Failure): RunFailure {
  return { rowId, downloadType, message, nextStep };
}

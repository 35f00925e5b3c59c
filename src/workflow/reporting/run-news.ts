import { messageOf } from '../../errors/index.ts';
import type { HostEvent } from '../../hosts/index.ts';
import type { AttemptRecord, DownloadState } from '../../ledger/index.ts';
import type { CsvTracker } from '../../tracker/index.ts';
import type { RunEvent } from './events.ts';
import { PauseBoard } from '../pacing/pause-board.ts';
import { PauseNotes } from './pause-notes.ts';
import type { RunLog } from './run-log.ts';
import type { RunTally } from './run-summary.ts';

export interface RunNewsOptions {
  readonly tracker: CsvTracker;
  readonly tally: RunTally;
  /** Hears of everything, once it is in the log. */
  readonly onEvent: (event: RunEvent) => void;
}

/** What happens in a run, passed on to its log, its summary, other commands and whoever listens. */
export class RunNews {
  /** The hosts that are paused just now. */
  readonly board = new PauseBoard();
  readonly #options: RunNewsOptions;
  readonly #pauseNotes: PauseNotes;
  #log: RunLog | null = null;

  constructor(options: RunNewsOptions) {
    this.#options = options;
    this.#pauseNotes = new PauseNotes(options.tracker.place.pausedHosts, (error) =>
      this.note(messageOf(error)),
    );
  }

  /** From now on everything is logged there. */
  logTo(log: RunLog): void {
    this.#log = log;
    this.heedTracker();
    // A run tries every host at once: what an earlier one met is not said of it.
    this.#pauseNotes.note([]);
  }

  tell(event: RunEvent): void {
    this.#log?.write(event);
    this.#options.onEvent(event);
  }

  note(message: string, rowId?: string): void {
    this.#options.tally.note(rowId === undefined ? message : `row ${rowId}: ${message}`);
    this.tell({ kind: 'note', message, ...(rowId === undefined ? {} : { rowId }) });
  }

  /** An attempt is in the ledger. */
  recorded(attempt: AttemptRecord, state: DownloadState): void {
    this.#log?.recorded(attempt, state);
  }

  /** Passes on what the tracker has to say. */
  heedTracker(): void {
    for (const { rowId, message } of this.#options.tracker.takeNotes())
      this.note(message, rowId ?? undefined);
  }

  /** A host is paused, or answers again. */
  heedHost(event: HostEvent): void {
    this.board.heed(event);
    this.#pauseNotes.note(this.board.pauses);
    if (event.kind === 'paused') this.#options.tally.pause(event.pause);
    this.tell(event);
    if (event.kind !== 'paused' || event.pause.reason !== 'unreachable') return;
    const { host, message } = event.pause;
    this.note(`${host} is out of reach: ${message} No further row loses an attempt.`);
  }

  /** Resolves when other commands can read which hosts are paused. */
  async settled(): Promise<void> {
    await this.#pauseNotes.settled();
  }
}

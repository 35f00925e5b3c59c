import type { LoggedAttempt, LoggedChange, LoggedReset, RestoredRow } from '../replay.ts';
import { keyOfItem } from './arrived.ts';
import { ownRow } from './own-row.ts';
import type { Recorder } from './recorder.ts';
import { type DownloadRecord, newDownload } from './records.ts';
import type { AttemptStore, DownloadStore, ItemStore } from './stores.ts';

/** Fills a ledger that is made anew. */
export class Replayer {
  readonly #downloads: DownloadStore;
  readonly #items: ItemStore;
  readonly #log: AttemptStore;
  readonly #recorder: Recorder;

  constructor(downloads: DownloadStore, items: ItemStore, log: AttemptStore, recorder: Recorder) {
    this.#downloads = downloads;
    this.#items = items;
    this.#log = log;
    this.#recorder = recorder;
  }

  replay(changes: readonly LoggedChange[]): void {
    for (const change of changes) {
      if (change.kind === 'attempt') this.#attempt(change);
      else this.#reset(change);
    }
  }

  /** The line says itself which generation and which attempt it is of: so one that is missing takes no other with it. */
  #attempt({ attempt, attempts, counts, files }: LoggedAttempt): void {
    const { row, downloadType, outcome } = attempt;
    // A log that was copied says nothing new.
    if (this.#log.has(attempt)) return;
    ownRow(this.#downloads, this.#downloads.find(row));
    const known = this.#downloads.get(row.rowId, downloadType);
    const generation = attempt.generation ?? known?.generation ?? 1;
    if (known !== undefined && (generation < known.generation || !counts)) {
      this.#log.put(attempt, generation, attempts ?? 1);
      if (generation !== known.generation) this.#items.put(attempt, generation, attempt.items);
      return;
    }
    const present =
      known?.generation === generation
        ? known
        : { ...newDownload(row, downloadType, attempt.link), generation };
    if (attempts === null) return this.#withoutItems(attempt, present, known, files);
    const cost = outcome.status === 'failed' ? 1 : 0;
    this.#recorder.put(attempt, { ...present, attempts: Math.max(attempts - cost, 0) }, known);
    return undefined;
  }

  /** One that an earlier version logged: what it brought is not known. */
  #withoutItems(
    attempt: LoggedAttempt['attempt'],
    present: DownloadRecord,
    known: DownloadRecord | undefined,
    files: number | null,
  ): void {
    const { status, cause, message, permanent, notBefore } = attempt.outcome;
    const number = status === 'failed' ? present.attempts + 1 : present.attempts;
    this.#log.putWithoutItems(attempt, present.generation, number, files);
    this.#downloads.put(
      {
        ...present,
        status,
        attempts: number,
        cause,
        message,
        permanent: permanent ? 1 : 0,
        not_before: notBefore,
        last_attempt: attempt.endedAt,
        run_id: attempt.runId,
      },
      known,
    );
  }

  #reset({ rowId, rowType, downloadType, generation, link }: LoggedReset): void {
    const row = { rowId, type: rowType, name: '', email: '' };
    const known = this.#downloads.get(rowId, downloadType);
    if (known !== undefined && known.generation >= generation) return;
    if (known === undefined) this.#downloads.identify(row);
    this.#downloads.put({ ...newDownload(row, downloadType, link), generation }, known);
  }

  restore(rows: readonly RestoredRow[]): void {
    for (const { row, told } of rows) {
      this.#downloads.identify(row);
      for (const download of told) {
        const known = this.#downloads.get(row.rowId, download.downloadType);
        if (known?.generation === download.generation)
          this.#items.dropAllBut(known, new Set(download.files), new Set(download.items.map(keyOfItem)));
        this.#recorder.take(download, known);
      }
    }
  }
}

import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ColumnMapping, CsvSnapshot } from '../csv/index.ts';
import { RowtrailError } from '../errors/index.ts';
import type { AttemptRecord, DownloadState, Ledger, StoreDatabase } from '../ledger/index.ts';
import type { DownloadType } from '../row/index.ts';
import { type HeldLock, tryFileLock } from './file-lock.ts';
import { findMovedLedger } from './find-moved-ledger.ts';
import { LazyLedger } from './lazy-ledger.ts';
import type { LedgerSource } from './ledger-source.ts';
import { both } from './locks-together.ts';
import type { Note } from './notes.ts';
import { type Place, placeOf } from './place.ts';
import { prepareRow } from './prepare-row.ts';
import { projectRow } from './project-row.ts';
import { readOverlay } from './read-overlay.ts';
import { earlierIdsOf, logsIn } from './rebuild/read-logs.ts';
import { isLedgerLost, rebuildLedger } from './rebuild/rebuild-ledger.ts';
import { resetRows } from './reset-rows.ts';
import type { StatusOverlay } from './status-overlay.ts';
import { SteadyCsv } from './steady-csv.ts';
import { type OpenedInStore, StoreLedger } from './store-ledger.ts';
import { ChangeLog } from './change-log.ts';
import type { TrackerParts } from './tracker-parts.ts';
import { UnknownStatuses } from './unknown-statuses.ts';
import { WriteBack } from './write-back.ts';

export interface TrackerOptions {
  /** Other header names for the columns that rowtrail reads. */
  readonly columns?: Partial<ColumnMapping>;
  /**
   * The PostgreSQL database that holds the ledger, `postgres://user:password@host:port/name`; without one it stands beside the CSV. A ledger
   * that stands there is moved into the store.
   */
  readonly store?: string | undefined;
  /** Milliseconds for which what a run works on stays its own without a sign of life, where the ledger is in a store (default 60 s). */
  readonly lease?: number | undefined;
  /** Told what a person should hear: a ledger that was made anew, a reset by hand, a row that cannot be written. */
  readonly onNote?: (note: Note) => void;
  /** Told when the CSV is waited for; by default `onNote` is. */
  readonly onWait?: (message: string) => void;
}

/** Milliseconds between two tries for the run lock. */
const BUSY_MS = 50;
/** Tries, that far apart, until the run lock counts as that of another run. */
const RUN_LOCK_TRIES = 5;

/**
 * Keeps one CSV and its ledger in step. Results are recorded in the ledger first (durable), then projected into the CSV's
 * tracking cells; a kill between the two is made good by the next projection, in any process.
 */
export class CsvTracker {
  readonly place: Place;
  /** The address of the store that holds the ledger, where one does. */
  readonly store: string | undefined;
  readonly #ledger: LedgerSource;
  readonly #stored: StoreLedger | null;
  readonly #csv: SteadyCsv;
  readonly #writeBack: WriteBack;
  readonly #parts: TrackerParts;
  readonly #unknownStatuses = new UnknownStatuses();
  #notes: Note[] = [];
  #holdsRun = false;

  private constructor(place: Place, options: TrackerOptions) {
    this.place = place;
    this.store = options.store;
    const changes = new ChangeLog(place);
    const tell = (message: string) => this.#note(message);
    const { store } = options;
    this.#stored =
      store === undefined
        ? null
        : new StoreLedger(place, store, { note: tell, holdsRun: () => this.#holdsRun, lease: options.lease });
    this.#ledger = this.#stored ?? new LazyLedger(place, tell);
    this.#csv = new SteadyCsv(place.csv, options.columns, {
      mark: async () => (await this.#ledger.existing())?.csvMark() ?? null,
      stepsFrom: async (mark) => (await this.#ledger.existing())?.stepsFrom(mark) ?? [],
    });
    this.#writeBack = new WriteBack({ place, csv: this.#csv, ledger: this.#ledger, changes }, (note) =>
      this.#notes.push(note),
    );
    this.#parts = { place, csv: this.#csv, ledger: this.#ledger, writeBack: this.#writeBack, changes };
  }

  /** @throws RowtrailError `file_missing` when there is no such CSV. Nothing is read or made yet. */
  static async open(csvPath: string, options: TrackerOptions = {}): Promise<CsvTracker> {
    const tracker = new CsvTracker(await placeOf(csvPath), options);
    const oldName = await findMovedLedger(tracker.place, options.store);
    if (oldName !== null) tracker.#note(`it was called ${oldName} before: its ledger was taken over`);
    if (existsSync(tracker.place.ledger)) tracker.prepareLedger();
    return tracker;
  }

  /** Says that the ledger will be needed soon, so that it starts while the CSV is read. Makes nothing on the disk. */
  prepareLedger(): void {
    this.#ledger.prepare();
  }

  /** What a person should hear of since the last call. */
  takeNotes(): readonly Note[] {
    return this.#notes.splice(0);
  }

  #note(message: string): void {
    this.#notes.push({ rowId: null, message });
  }

  async close(): Promise<void> {
    await this.#writeBack.settled();
    await this.#ledger.close();
  }

  /** The CSV as it stands once nobody is writing it, validated. Close the snapshot after use. */
  snapshot(): Promise<CsvSnapshot> {
    return this.#csv.snapshot();
  }

  /** Whether the CSV has been waited for so long, because somebody saves it, that a person should hear of it. */
  get isWaitedFor(): boolean {
    return this.#csv.isWaitedFor;
  }

  /** Grows with each change of the CSV that this process did not make, once it was read. */
  get foreignEdits(): number {
    return this.#csv.foreignEdits;
  }

  /** The ledger, made when there is none yet; a damaged one is set aside. */
  ledger(): Promise<Ledger> {
    return this.#ledger.get();
  }

  /**
   * Makes the ledger anew where it knows nothing although the CSV shows finished downloads, or its runs left logs: from the logs, as far as
   * they fit, from cells and sidecars.
   * @returns how many finished downloads the CSV shows that it knows now
   */
  async rebuild(folders: Readonly<Record<DownloadType, string>>): Promise<number> {
    if (!(await isLedgerLost(this.#parts))) return 0;
    const count = await rebuildLedger(this.#parts, folders);
    if (count > 0)
      this.#note(`the ledger was made anew: ${count} finished downloads were taken over from the CSV`);
    return count;
  }

  /** Row_ids that this row had before and that no row of the CSV has now, as the logs tell. */
  async earlierIds(rowId: string): Promise<readonly string[]> {
    await using snapshot = await this.snapshot();
    const ids = await earlierIdsOf(rowId, await logsIn(this.place.runs));
    return ids.filter((id) => snapshot.index.findRow(id) < 0);
  }

  /** The store that holds the ledger, and the CSV as it is known there. @throws where the ledger stands beside the CSV */
  async inStore(): Promise<OpenedInStore> {
    if (this.#stored === null)
      throw new RowtrailError('usage', 'its ledger is in no store', { file: this.place.csv });
    return this.#stored.opened();
  }

  /** The ledger, or null where nothing was ever recorded; makes nothing. */
  existingLedger(): Promise<Ledger | null> {
    return this.#ledger.existing();
  }

  /** The database of the store, for what all machines share beside the ledger; null where there is no store. */
  storeDatabase(): Promise<StoreDatabase | null> {
    return this.#ledger.database();
  }

  /** Takes the lock of a run, the sign of life of its downloads; null when another run holds it. */
  async tryRunLock(): Promise<HeldLock | null> {
    for (let tries = 1; ; tries++) {
      const lock = await this.#tryRunLockOnce(`process ${process.pid}\n`);
      if (lock !== null || tries === RUN_LOCK_TRIES) return lock;
      // A command that only looks after what a dead run left has it for some milliseconds.
      await sleep(BUSY_MS);
    }
  }

  /** The lock of this machine, and that of the store where there is one. */
  async #tryRunLockOnce(note = ''): Promise<HeldLock | null> {
    const lock = await tryFileLock(this.place.runLock, note);
    if (lock === null) return null;
    this.#holdsRun = true;
    const held = await both(lock, () => this.#ledger.tryLock('run')).catch((error: unknown) => {
      this.#holdsRun = false;
      throw error;
    });
    this.#holdsRun = held !== null;
    if (held === null) return null;
    const release = async () => {
      this.#holdsRun = false;
      await held.release();
    };
    return { release, [Symbol.asyncDispose]: release };
  }

  /**
   * Brings CSV and ledger together before they are read: what a killed run left `downloading` is pending again, its
   * unwritten results are written, a person's edits are taken in. Changes nothing where there is nothing to make good.
   * @returns what could not be written just now (the results stay in the ledger), or null.
   */
  async sync(): Promise<RowtrailError | null> {
    const ledger = await this.existingLedger();
    if (ledger === null) return null;
    if (this.#ledger.isReadOnly) {
      this.#note(
        'its ledger cannot be written: what is shown is what was recorded; edits of the CSV since are taken in by the next command that may write',
      );
      return null;
    }
    await this.#recover(ledger);
    await using snapshot = await this.snapshot();
    const isInStep = await this.#writeBack.isInStep(snapshot.index);
    if (isInStep && (await ledger.unprojected(0, 1)).length === 0) return null;
    try {
      await this.project();
      return null;
    } catch (error) {
      if (!(error instanceof RowtrailError && error.category === 'file_io')) throw error;
      this.#note(`the CSV could not be written just now, what was recorded is kept: ${error.message}`);
      return error;
    }
  }

  async #recover(ledger: Ledger): Promise<void> {
    const lock = await this.#tryRunLockOnce();
    if (lock === null) return;
    try {
      await ledger.recover();
    } finally {
      await lock.release();
    }
  }

  /** Records an attempt; durable when it resolves. The CSV shows it after the next projection. */
  async record(attempt: AttemptRecord): Promise<DownloadState> {
    const ledger = await this.ledger();
    return ledger.record(attempt);
  }

  /** What comes before a result of a row is recorded: a person's edits, and what only the row's own cells tell. */
  prepareRow(rowId: string): Promise<void> {
    return prepareRow(this.#parts, rowId);
  }

  /**
   * Projects everything that the CSV does not show yet, of every process. Calls that come while a projection runs share
   * the next one, so a waiter's own result is always in the one it waits for.
   * @throws RowtrailError when the CSV cannot be read or written; what was recorded stays recorded.
   */
  project(): Promise<void> {
    return this.#writeBack.project();
  }

  /**
   * Projects, and makes sure that the row's own last change is in the CSV.
   * @param recorded the state that must not have been replaced by a newer generation meanwhile
   * @throws NotInCsvError when it is recorded but cannot be in the CSV.
   */
  projectRow(rowId: string, recorded?: DownloadState): Promise<void> {
    return projectRow(this.#parts, rowId, recorded);
  }

  /** Adds the tracking columns that are missing. @returns whether the file was changed. */
  ensureColumns(): Promise<boolean> {
    return this.#writeBack.ensureColumns();
  }

  /** The next change makes a backup first, as at the beginning of each run. */
  backUpAgain(): void {
    this.#writeBack.backUpAgain();
  }

  /**
   * The ledger's statuses over the rows of a snapshot.
   * @param runId marks the downloads that this run has begun
   */
  async overlay(snapshot: CsvSnapshot, runId: string | null = null): Promise<StatusOverlay> {
    const overlay = await readOverlay(this.#parts, snapshot, runId);
    this.#notes.push(...(await this.#unknownStatuses.notes(snapshot, overlay)));
    return overlay;
  }

  /**
   * Begins a new generation of rows' downloads; durable when it resolves, in the CSV after the next projection.
   * @returns the row_ids that the CSV has, as it writes them.
   */
  reset(rowIds: Iterable<string>, types: readonly DownloadType[]): Promise<readonly string[]> {
    return resetRows(this.#parts, rowIds, types);
  }
}

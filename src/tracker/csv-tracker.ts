import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  backupCsv,
  type ColumnMapping,
  CsvChangedError,
  type CsvIndex,
  CsvSnapshot,
  DEFAULT_COLUMNS,
  type FileIdentity,
  readIdentity,
  removeAbandonedTemps,
  sameIdentity,
} from '../csv/index.ts';
import { NotInCsvError, RowtrailError } from '../errors/index.ts';
import {
  type AttemptRecord,
  type DownloadState,
  type Ledger,
  openSqliteLedger,
  setAsideLedger,
  type StatusEntry,
} from '../ledger/index.ts';
import { DOWNLOAD_TYPES, type DownloadType } from '../row/index.ts';
import { fileLock, type HeldLock, tryFileLock } from './file-lock.ts';
import { findMovedLedger } from './find-moved-ledger.ts';
import { type Note, notesOf } from './notes.ts';
import { type Place, placeOf } from './place.ts';
import {
  type ProjectionPlan,
  type ProjectionReport,
  markOf,
  NO_PROJECTION,
  planProjection,
} from './projection.ts';
import { adoptable, rebuildLedger } from './rebuild.ts';
import { StatusOverlay } from './status-overlay.ts';

export interface TrackerOptions {
  /** Other header names for the columns that rowtrail reads. */
  readonly columns?: Partial<ColumnMapping>;
  /** Told what a person should hear: a ledger that was made anew, a reset by hand, a row that cannot be written. */
  readonly onNote?: (note: Note) => void;
}

/** A foreign change is read once the file has been still for this long (milliseconds). */
const STILL_MS = 250;
/**
 * A file that was whole and now is not, or has fewer rows, may be half saved: a busy disk holds a save up for seconds right
 * after the old content is gone. It is believed once it has been still for this long (milliseconds).
 */
const UNFINISHED_MS = 5000;
/** Milliseconds until the CSV is looked at again while somebody saves it. */
const BUSY_MS = 50;
/** Tries, that far apart, until the run lock counts as that of another run. */
const RUN_LOCK_TRIES = 5;
/** Backups kept beside a CSV. */
const BACKUPS_KEPT = 10;
/** Rows asked of the ledger at once. */
const PAGE = 1000;

/**
 * Keeps one CSV and its ledger in step. Results are recorded in the ledger first (durable), then projected into the CSV's
 * tracking cells; a kill between the two is made good by the next projection, in any process.
 */
export class CsvTracker {
  readonly place: Place;
  readonly #options: TrackerOptions;
  #ledger: Promise<Ledger> | null = null;
  #index: CsvIndex | null = null;
  #backedUp = false;
  #notes: Note[] = [];
  #running: Promise<ProjectionReport> | null = null;
  #following: Promise<ProjectionReport> | null = null;

  private constructor(place: Place, options: TrackerOptions) {
    this.place = place;
    this.#options = options;
  }

  /** @throws RowtrailError `file_missing` when there is no such CSV. Nothing is read or made yet. */
  static async open(csvPath: string, options: TrackerOptions = {}): Promise<CsvTracker> {
    const tracker = new CsvTracker(await placeOf(csvPath), options);
    const oldName = await findMovedLedger(tracker.place);
    if (oldName !== null) tracker.#note(`it was called ${oldName} before: its ledger was taken over`);
    return tracker;
  }

  /** What a person should hear of since the last call. */
  takeNotes(): readonly Note[] {
    return this.#notes.splice(0);
  }

  #note(message: string): void {
    this.#notes.push({ rowId: null, message });
  }

  async close(): Promise<void> {
    await this.#running?.catch(() => {});
    const opened = await this.#ledger?.catch(() => null);
    this.#ledger = null;
    await opened?.close();
  }

  /** The CSV as it stands once nobody is writing it, validated. Close the snapshot after use. */
  async snapshot(): Promise<CsvSnapshot> {
    for (;;) {
      const still = await this.#untilStill();
      try {
        const snapshot = await CsvSnapshot.open(this.place.csv, {
          columns: { ...DEFAULT_COLUMNS, ...this.#options.columns },
          ...(this.#index ? { previous: this.#index } : {}),
        });
        const lacksRows = snapshot.index.rowCount < (this.#index?.rowCount ?? 0);
        if (sameOrGone(still, snapshot.index.identity) && !(lacksRows && isYoung(still))) {
          this.#index = snapshot.index;
          return snapshot;
        }
        await snapshot.close();
      } catch (error) {
        // What is wrong with half a file need not be wrong with the whole.
        const changed = !sameOrGone(still, await readIdentity(this.place.csv));
        const wasWhole = this.#index !== null || (await (await this.existingLedger())?.csvMark());
        const unfinished = changed || error instanceof CsvChangedError || (wasWhole && isYoung(still));
        if (!unfinished) throw error;
      }
      await sleep(BUSY_MS);
    }
  }

  /** The ledger, made when there is none yet; a damaged one is set aside. Not to be called with the write lock held. */
  ledger(): Promise<Ledger> {
    this.#ledger ??= this.#openLedger().catch((error: unknown) => {
      this.#ledger = null;
      throw error;
    });
    return this.#ledger;
  }

  async #openLedger(): Promise<Ledger> {
    try {
      return await openSqliteLedger(this.place.ledger);
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
    // Whoever gets the lock first sets it aside; the others find the new one.
    await using lock = await fileLock(this.place.writeLock);
    void lock;
    try {
      return await openSqliteLedger(this.place.ledger);
    } catch (error) {
      if (!isDamage(error)) throw error;
      const aside = await setAsideLedger(this.place.ledger, new Date());
      this.#note(
        `the ledger was damaged: it was set aside as ${basename(aside)}, a new one is made from the CSV and the sidecars`,
      );
      return await openSqliteLedger(this.place.ledger);
    }
  }

  /**
   * Makes the ledger anew from cells and sidecars where it knows nothing although the CSV shows finished downloads.
   * @returns how many downloads were taken over
   */
  async rebuild(folders: Readonly<Record<DownloadType, string>>): Promise<number> {
    const ledger = await this.ledger();
    if ((await ledger.rowsAfter(null, 1)).length > 0) return 0;
    await using snapshot = await this.snapshot();
    const count = await rebuildLedger(snapshot, ledger, folders);
    if (count > 0)
      this.#note(`the ledger was made anew: ${count} finished downloads were taken over from the CSV`);
    return count;
  }

  /** The ledger, or null where nothing was ever recorded; makes nothing. */
  async existingLedger(): Promise<Ledger | null> {
    if (this.#ledger === null) {
      try {
        await access(this.place.ledger);
      } catch {
        return null;
      }
    }
    return this.ledger();
  }

  /** Takes the lock of a run, the sign of life of its downloads; null when another run holds it. */
  async tryRunLock(): Promise<HeldLock | null> {
    for (let tries = 1; ; tries++) {
      const lock = await tryFileLock(this.place.runLock, `process ${process.pid}\n`);
      if (lock !== null || tries === RUN_LOCK_TRIES) return lock;
      // A command that only looks after what a dead run left has it for some milliseconds.
      await sleep(BUSY_MS);
    }
  }

  /**
   * Brings CSV and ledger together before they are read: what a killed run left `downloading` is pending again, its
   * unwritten results are written, a person's edits are taken in. Changes nothing where there is nothing to make good.
   * @returns what could not be written just now (the results stay in the ledger), or null.
   */
  async sync(): Promise<RowtrailError | null> {
    const ledger = await this.existingLedger();
    if (ledger === null) return null;
    await this.#recover(ledger);
    await using snapshot = await this.snapshot();
    const [mark, waiting] = await Promise.all([ledger.csvMark(), ledger.unprojected(0, 1)]);
    if (mark === markOf(snapshot.index.identity) && waiting.length === 0) return null;
    try {
      await this.project();
      return null;
    } catch (error) {
      if (error instanceof RowtrailError && error.category === 'file_io') return error;
      throw error;
    }
  }

  async #recover(ledger: Ledger): Promise<void> {
    const lock = await tryFileLock(this.place.runLock);
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
  async prepareRow(rowId: string): Promise<void> {
    for (;;) {
      await using snapshot = await this.snapshot();
      try {
        await this.#takeInEdits(snapshot);
        return await this.#adoptRow(snapshot, rowId);
      } catch (error) {
        // Somebody saves into the file that is being read: theirs is the one to look at.
        if (!(error instanceof CsvChangedError)) throw error;
      }
    }
  }

  /**
   * Takes a person's edits in, where there are any: what is recorded afterwards comes after them. When they cannot be
   * taken in now, the next write-back does it.
   */
  async #takeInEdits(snapshot: CsvSnapshot): Promise<void> {
    const ledger = await this.existingLedger();
    if (ledger === null || (await ledger.csvMark()) === markOf(snapshot.index.identity)) return;
    await this.project().catch((error: unknown) => {
      if (!(error instanceof RowtrailError)) throw error;
    });
  }

  /** Takes over what a row's own cells tell of downloads that the ledger does not know: attempts go on being counted. */
  async #adoptRow(snapshot: CsvSnapshot, rowId: string): Promise<void> {
    const position = snapshot.index.findRow(rowId);
    if (position < 0) return;
    const ended = DOWNLOAD_TYPES.filter((type) =>
      ['completed', 'failed'].includes(snapshot.index.status(position, type)),
    );
    if (ended.length === 0) return;
    const ledger = await this.ledger();
    const known = (await ledger.row(rowId))?.downloads ?? {};
    if (ended.every((type) => known[type] !== undefined)) return;
    await ledger.adopt(adoptable(await snapshot.readRow(position)));
  }

  /**
   * Projects everything that the CSV does not show yet, of every process. Calls that come while a projection runs share
   * the next one, so a waiter's own result is always in the one it waits for.
   * @throws RowtrailError when the CSV cannot be read or written; what was recorded stays recorded.
   */
  project(): Promise<ProjectionReport> {
    if (this.#running === null) {
      this.#running = this.#projectNow().finally(() => (this.#running = null));
      return this.#running;
    }
    this.#following ??= this.#running
      .catch(() => {})
      .then(() => {
        this.#following = null;
        return this.project();
      });
    return this.#following;
  }

  /**
   * Projects, and makes sure that the row's own last change is in the CSV.
   * @param recorded the state that must not have been replaced by a newer generation meanwhile
   * @throws NotInCsvError when it is recorded but cannot be in the CSV.
   */
  async projectRow(rowId: string, recorded?: DownloadState): Promise<void> {
    try {
      await this.project();
    } catch (error) {
      if (!(error instanceof RowtrailError)) throw error;
      throw new NotInCsvError(
        error.code,
        `the result is recorded, but not in the CSV yet: ${error.message}`,
        {
          rowId,
          error,
        },
      );
    }
    const row = await (await this.ledger()).row(rowId);
    const blocked = row?.blocked ?? null;
    const concerns = (type: DownloadType) => recorded === undefined || recorded.downloadType === type;
    const isOther = DOWNLOAD_TYPES.some((type) => blocked === `type_mismatch_${type}` && !concerns(type));
    if (blocked !== null && !isOther) throw blockedError(blocked, rowId, this.place.csv);
    const now = recorded && row?.downloads[recorded.downloadType];
    if (now && now.generation !== recorded.generation)
      throw blockedError('begun_anew', rowId, this.place.csv);
  }

  /** Adds the tracking columns that are missing. @returns whether the file was changed. */
  async ensureColumns(): Promise<boolean> {
    {
      // A CSV that is refused, or has them all, gets nothing beside it.
      await using snapshot = await this.snapshot();
      if (snapshot.index.missingTrackingColumns.length === 0) return false;
    }
    const ledger = await this.existingLedger();
    await using lock = await this.#writeLock();
    void lock;
    for (;;) {
      await using snapshot = await this.snapshot();
      if (snapshot.index.missingTrackingColumns.length === 0) return false;
      try {
        await this.#backUpOnce();
        const inStep = (await ledger?.csvMark()) === markOf(snapshot.index.identity);
        this.#index = await snapshot.rewrite({ edits: new Map(), addTrackingColumns: true });
        if (inStep) await ledger?.markProjected([], markOf(this.#index.identity));
        return true;
      } catch (error) {
        if (!(error instanceof CsvChangedError)) throw error;
      }
    }
  }

  /**
   * The ledger's statuses over the rows of a snapshot.
   * @param runId marks the downloads that this run has begun
   */
  async overlay(snapshot: CsvSnapshot, runId?: string): Promise<StatusOverlay> {
    const overlay = new StatusOverlay(snapshot.index);
    const ledger = await this.existingLedger();
    let after: StatusEntry | null = null;
    while (ledger !== null) {
      // Rows that cannot be written are left out: what was recorded for somebody else says nothing of them, their cells do.
      const entries: readonly StatusEntry[] = await ledger.statusesAfter(after, PAGE);
      for (const entry of entries) {
        const position = snapshot.index.findRow(entry.rowId);
        if (position >= 0) overlay.put(position, entry, runId !== undefined && entry.runId === runId);
      }
      after = entries.at(-1) ?? null;
      if (entries.length < PAGE) break;
    }
    return overlay;
  }

  /**
   * Begins a new generation of rows' downloads; durable when it resolves, in the CSV after the next projection.
   * @returns the row_ids that the CSV has, as it writes them.
   */
  async reset(rowIds: Iterable<string>, types: readonly DownloadType[]): Promise<readonly string[]> {
    await using snapshot = await this.snapshot();
    const positions = new Set<number>();
    for (const rowId of rowIds) {
      const position = snapshot.index.findRow(rowId);
      if (position >= 0) positions.add(position);
    }
    if (positions.size === 0) return [];
    const ledger = await this.ledger();
    const known: string[] = [];
    for await (const { context, links } of snapshot.readRows((at) => positions.has(at))) {
      const { rowId, type, name, email } = context;
      known.push(rowId);
      await Promise.all(
        types.map((downloadType) =>
          ledger.reset({ rowId, type, name, email }, downloadType, links[downloadType]),
        ),
      );
    }
    return known;
  }

  async #projectNow(): Promise<ProjectionReport> {
    const ledger = await this.existingLedger();
    if (ledger === null) return NO_PROJECTION;
    await using lock = await this.#writeLock();
    void lock;
    for (;;) {
      await using snapshot = await this.snapshot();
      try {
        const plan = await planProjection(snapshot, ledger);
        await this.#apply(snapshot, plan, ledger);
        this.#notes.push(...notesOf(plan.report));
        return plan.report;
      } catch (error) {
        // Somebody saved the file between our reading and our rename: their file is the one to write into.
        if (!(error instanceof CsvChangedError)) throw error;
      }
    }
  }

  async #apply(snapshot: CsvSnapshot, plan: ProjectionPlan, ledger: Ledger): Promise<void> {
    // Not what another call of this process may have read meanwhile: only what was compared is marked as seen.
    let { index } = snapshot;
    if (plan.edits.size > 0) {
      await this.#backUpOnce();
      const addTrackingColumns = index.missingTrackingColumns.length > 0;
      index = await snapshot.rewrite({ edits: plan.edits, addTrackingColumns });
      this.#index = index;
    }
    // In slices, so that results that arrive meanwhile are not held up; the mark comes last, when all of it is true.
    for (let from = 0; from < plan.shown.length; from += PAGE) {
      await ledger.markProjected(plan.shown.slice(from, from + PAGE), null);
    }
    await ledger.markProjected([], markOf(index.identity));
  }

  /** The lock of whoever writes the CSV; what an earlier holder left when it was killed is removed. */
  async #writeLock(): Promise<HeldLock> {
    const lock = await fileLock(this.place.writeLock);
    try {
      await removeAbandonedTemps(this.place.csv);
    } catch (error) {
      // A CSV that is gone is said by whoever reads it next.
      if (!(error instanceof CsvChangedError)) {
        await lock.release();
        throw error;
      }
    }
    return lock;
  }

  /** The next change makes a backup first, as at the beginning of each run. */
  backUpAgain(): void {
    this.#backedUp = false;
  }

  /** Before the first change in this process: a byte copy that the person can go back to. */
  async #backUpOnce(): Promise<void> {
    if (this.#backedUp) return;
    await backupCsv(this.place.csv, this.place.backups, { keep: BACKUPS_KEPT, now: new Date() });
    this.#backedUp = true;
  }

  /**
   * Waits while a program other than us is still writing the file: half a file must be neither read nor taken for what a
   * person wants. The file that the ledger was last brought together with is whole.
   * @returns what stood there; null when nothing does
   */
  async #untilStill(): Promise<FileIdentity | null> {
    for (;;) {
      // The time before the look: on a busy machine the answer may come late, and would seem to be old.
      const now = Date.now();
      const identity = await readIdentity(this.place.csv);
      if (identity === null) return null;
      if (this.#index !== null && sameIdentity(identity, this.#index.identity)) return identity;
      const age = now - Number(identity.mtimeNs / 1_000_000n);
      if (age >= STILL_MS || age < 0) return identity;
      const ledger = await this.existingLedger();
      if ((await ledger?.csvMark()) === markOf(identity)) return identity;
      await sleep(STILL_MS - age);
    }
  }
}

function isYoung(file: FileIdentity | null): boolean {
  return file !== null && Date.now() - Number(file.mtimeNs / 1_000_000n) < UNFINISHED_MS;
}

function sameOrGone(one: FileIdentity | null, other: FileIdentity | null): boolean {
  return one === null || other === null ? one === other : sameIdentity(one, other);
}

function isDamage(error: unknown): boolean {
  return error instanceof RowtrailError && error.code === 'ledger_corrupt';
}

function blockedError(reason: string, rowId: string, file: string): NotInCsvError {
  const place = { file, rowId };
  switch (reason) {
    case 'type_mismatch':
    case 'type_mismatch_youtube':
    case 'type_mismatch_drive':
      return new NotInCsvError(
        'type_mismatch',
        `row ${rowId}: the result was made for another type than the CSV shows; it is recorded, the row was left as it is`,
        place,
      );
    case 'other_person':
      return new NotInCsvError(
        'type_mismatch',
        `row ${rowId} now belongs to somebody else; nothing was written to it`,
        place,
      );
    case 'begun_anew':
      return new NotInCsvError(
        'csv_changed',
        `row ${rowId} was reset or got another link meanwhile; the result is kept in the history only`,
        place,
      );
    case 'row_too_long':
      return new NotInCsvError(
        'csv_invalid',
        `row ${rowId} has more cells than the header; the result is recorded, the row was left as it is`,
        place,
      );
    default:
      return new NotInCsvError(
        'csv_row_gone',
        `row ${rowId} is not in the CSV; the result is recorded`,
        place,
      );
  }
}

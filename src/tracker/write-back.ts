import {
  AbandonedTemps,
  backupCsv,
  CsvChangedError,
  type CsvIndex,
  type CsvSnapshot,
  describeStep,
} from '../csv/index.ts';
import type { CsvMark, CsvStep, Ledger } from '../ledger/index.ts';
import { fileLock, type HeldLock } from './file-lock.ts';
import { both, untilFree } from './locks-together.ts';
import type { ChangeLog } from './change-log.ts';
import type { LedgerSource } from './ledger-source.ts';
import { markOf } from './mark.ts';
import { type Note, notesOf } from './notes.ts';
import type { Place } from './place.ts';
import { planProjection, type ProjectionCursor, type ProjectionPlan } from './projection.ts';
import { SharedTurn } from './shared-turn.ts';
import type { SteadyCsv } from './steady-csv.ts';

/** Backups kept beside a CSV. */
const BACKUPS_KEPT = 10;
/** Rows that the ledger is told of at once. */
const SLICE = 250;
/** Stands in a mark's place while the ledger is told of a rewrite; no file has it. */
const BEING_MARKED: CsvMark = '';

interface WriteBackParts {
  readonly place: Place;
  readonly csv: SteadyCsv;
  readonly ledger: LedgerSource;
  readonly changes: ChangeLog;
}

/** Puts what the ledger knows into the CSV: the only code that replaces the file. */
export class WriteBack {
  readonly #place: Place;
  readonly #csv: SteadyCsv;
  readonly #ledger: LedgerSource;
  readonly #changes: ChangeLog;
  readonly #note: (note: Note) => void;
  readonly #temps: AbandonedTemps;
  readonly #turns = new SharedTurn(() => this.#projectAll());
  #backedUp = false;
  /** A mark that the ledger is known to have had. A file that has it cannot have been changed by anybody since. */
  #mark: CsvMark | null = null;

  /** @param note told what a person should hear: edits taken in, rows that cannot be written */
  constructor({ place, csv, ledger, changes }: WriteBackParts, note: (note: Note) => void) {
    this.#place = place;
    this.#changes = changes;
    this.#temps = new AbandonedTemps(place.csv);
    this.#csv = csv;
    this.#ledger = ledger;
    this.#note = note;
  }

  /** Whether the ledger was brought together with this very file. */
  async isInStep(index: CsvIndex): Promise<boolean> {
    const mark = markOf(index.identity);
    if (mark === this.#mark) return true;
    const ledger = await this.#ledger.existing();
    if ((await ledger?.csvMark()) !== mark) return false;
    this.#mark = mark;
    return true;
  }

  /**
   * Projects everything that the CSV does not show yet, of every process. Calls that come while a projection runs share
   * the next one, so a waiter's own result is always in the one it waits for.
   * @throws RowtrailError when the CSV cannot be read or written; what was recorded stays recorded.
   */
  project(): Promise<void> {
    return this.#turns.take();
  }

  /** Resolves when nothing is being projected by this process. */
  settled(): Promise<void> {
    return this.#turns.settled();
  }

  /** The next change makes a backup first, as at the beginning of each run. */
  backUpAgain(): void {
    this.#backedUp = false;
  }

  /** Adds the tracking columns that are missing. @returns whether the file was changed. */
  async ensureColumns(): Promise<boolean> {
    {
      // A CSV that is refused, or has them all, gets nothing beside it.
      await using snapshot = await this.#csv.snapshot();
      if (snapshot.index.missingTrackingColumns.length === 0) return false;
    }
    const ledger = await this.#ledger.existing();
    await using lock = await this.#writeLock();
    void lock;
    for (;;) {
      await using snapshot = await this.#csv.snapshot();
      if (snapshot.index.missingTrackingColumns.length === 0) return false;
      try {
        const inStep = await this.isInStep(snapshot.index);
        const index = await this.#rewrite(snapshot, { edits: new Map(), addTrackingColumns: true });
        if (inStep) await this.#markInStep(ledger, index);
        return true;
      } catch (error) {
        if (!(error instanceof CsvChangedError)) throw error;
      }
    }
  }

  /** A large projection is done in parts, each a whole rewrite, so that its memory does not grow with the CSV. */
  async #projectAll(): Promise<void> {
    const ledger = await this.#ledger.existing();
    if (ledger === null) return;
    await using lock = await this.#writeLock();
    void lock;
    if (await this.#isDone(ledger)) return;
    let cursor: ProjectionCursor | null = null;
    for (;;) {
      await using snapshot = await this.#csv.snapshot();
      try {
        const foreign = !(await this.isInStep(snapshot.index));
        const plan = await planProjection(snapshot, ledger, { foreign, cursor, changes: this.#changes });
        const index = await this.#apply(snapshot, plan, ledger);
        for (const note of notesOf(plan.report)) this.#note(note);
        if (plan.next === null) return;
        cursor = { after: plan.next, identity: index.identity };
      } catch (error) {
        // Somebody saved the file between our reading and our rename: their file is the one to write into.
        if (!(error instanceof CsvChangedError)) throw error;
        cursor = null;
      }
    }
  }

  /** Whether another process has written everything while we waited for the lock: then its file need not be read. */
  async #isDone(ledger: Ledger): Promise<boolean> {
    const written = this.#csv.unread();
    if (written === null) return false;
    const [mark, waiting] = await Promise.all([ledger.csvMark(), ledger.unprojected(0, 1)]);
    return mark === markOf(written) && waiting.length === 0;
  }

  async #apply(snapshot: CsvSnapshot, plan: ProjectionPlan, ledger: Ledger): Promise<CsvIndex> {
    // Not what another call of this process may have read meanwhile: only what was compared is marked as seen.
    let { index } = snapshot;
    if (plan.edits.size > 0) {
      const addTrackingColumns = index.missingTrackingColumns.length > 0;
      index = await this.#rewrite(snapshot, { edits: plan.edits, addTrackingColumns });
    }
    // In slices, so that results that arrive meanwhile are not held up; the mark comes last, when all of it is true. Until
    // then there is none: rows that count as shown are not shown by the file of before.
    const meanwhile = index === snapshot.index ? null : BEING_MARKED;
    const last = plan.shown.length - (plan.shown.length % SLICE || SLICE);
    for (let from = 0; from < last; from += SLICE)
      await ledger.markProjected(plan.shown.slice(from, from + SLICE), meanwhile);
    const rest = plan.shown.slice(Math.max(last, 0));
    const step = stepOf(snapshot.index, index, plan);
    if (plan.compared) await this.#markInStep(ledger, index, rest, step);
    else if (rest.length > 0) await ledger.markProjected(rest, meanwhile, step);
    return index;
  }

  async #markInStep(
    ledger: Ledger | null,
    index: CsvIndex,
    rows: ProjectionPlan['shown'] = [],
    step: CsvStep | null = null,
  ): Promise<void> {
    const mark = markOf(index.identity);
    if (rows.length === 0 && mark === this.#mark) return;
    await ledger?.markProjected(rows, mark, step);
    this.#mark = mark;
  }

  async #rewrite(
    snapshot: CsvSnapshot,
    change: { readonly edits: ProjectionPlan['edits']; readonly addTrackingColumns: boolean },
  ): Promise<CsvIndex> {
    // Before the first change in this process: a byte copy that the person can go back to.
    if (!this.#backedUp)
      await backupCsv(this.#place.csv, this.#place.backups, { keep: BACKUPS_KEPT, now: new Date() });
    this.#backedUp = true;
    const index = await this.#csv.rewrite(() => snapshot.rewrite(change));
    this.#temps.noteNone();
    return index;
  }

  /** The lock of whoever writes the CSV; what an earlier holder left when it was killed is removed. */
  async #writeLock(): Promise<HeldLock> {
    const tell = () =>
      this.#note({
        rowId: null,
        message:
          'another process writes into the CSV, or was stopped while it did: waiting until it is done or ended',
      });
    const lock = await both(await fileLock(this.#place.writeLock, tell), () =>
      untilFree(() => this.#ledger.tryLock('write'), tell),
    );
    try {
      await this.#temps.remove();
    } catch (error) {
      // A CSV that is gone is said by whoever reads it next.
      if (!(error instanceof CsvChangedError)) {
        await lock.release();
        throw error;
      }
    }
    return lock;
  }
}

/** How others get from the old file's index to the new one's without reading it. */
function stepOf(from: CsvIndex, to: CsvIndex, { edits }: ProjectionPlan): CsvStep | null {
  const change = from === to ? null : describeStep(from, to, edits.keys());
  return change === null ? null : { before: markOf(from.identity), after: markOf(to.identity), change };
}

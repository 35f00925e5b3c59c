import { statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { CsvChangedError, type CsvSnapshot, readIdentityNow, sameIdentity } from '../csv/index.ts';
import { classifyError, RowtrailError } from '../errors/index.ts';
import type { ChangePage, Ledger } from '../ledger/index.ts';
import { DOWNLOAD_TYPES, type DownloadType } from '../row/index.ts';
import { lendTracker, type LentTracker, type StatusOverlay, type TrackerOptions } from '../tracker/index.ts';
import { buildTable, secondsOfTime, type TableParts } from './build-table.ts';
import { causeCounts, type CauseCounts } from './cause-counts.ts';
import type { RowQuery } from './query.ts';
import { RowAnswers } from './row-answers.ts';
import { readShownRows, type ShownRow } from './shown-row.ts';
import { CELL_STATUSES, type CellStatus, statusCode } from './status-codes.ts';

/** Rows that changed asked of the ledger at once. */
const CHANGES = 2000;
/** A table is made anew so seldom that it takes this part of the time at most. */
const BUILD_PART = 0.2;

export type TableState =
  | { readonly state: 'building'; readonly fraction: number }
  | { readonly state: 'ready'; readonly version: number }
  | { readonly state: 'failed'; readonly error: RowtrailError };

export interface RowTableOptions extends TrackerOptions {
  /** Told of each change of the table's state. */
  readonly onState?: (state: TableState) => void;
}

export interface TablePage {
  /** Grows with each change that the table has seen. */
  readonly version: number;
  /** Rows that fit. */
  readonly total: number;
  readonly offset: number;
  readonly rows: readonly ShownRow[];
}

/** Everything that belongs to one state of the CSV. */
interface Standing {
  readonly lent: LentTracker;
  readonly ledgerFile: string | null;
  snapshot: CsvSnapshot;
  readonly overlay: StatusOverlay;
  readonly parts: TableParts;
  readonly answers: RowAnswers;
  /** The last change of the ledger that it shows. */
  seq: number;
  readonly builtAt: number;
  readonly buildMs: number;
}

/**
 * All rows of a CSV to be looked at: filtered, sorted, searched, a page at a time, with the statuses of the ledger, which it follows. Of a
 * million rows it holds about 120 bytes each; what is shown is read from the CSV. It works where it was opened, for tens of milliseconds
 * at a time: where that disturbs, open it in a thread of its own.
 */
export class RowTable implements AsyncDisposable {
  readonly #csvPath: string;
  readonly #options: RowTableOptions;
  #state: TableState = { state: 'building', fraction: 0 };
  #standing: Standing | null = null;
  #building: Promise<void> | null = null;
  #version = 0;
  #closed = false;

  /** Nothing is read before `follow`. */
  constructor(csvPath: string, options: RowTableOptions = {}) {
    this.#csvPath = csvPath;
    this.#options = options;
  }

  get state(): TableState {
    return this.#state;
  }

  /**
   * Looks whether CSV or ledger changed, and takes it in. To be called again and again; never rejects: what is wrong is in the state.
   * @returns whether the table is another one than before
   */
  async follow(): Promise<boolean> {
    const before = this.#version;
    try {
      if (this.#closed) return false;
      await this.#building;
      const standing = this.#standing;
      if (standing === null || standing.ledgerFile !== fileNumber(standing.lent.tracker.place.ledger))
        await this.#build();
      else {
        await this.#takeChanges(standing);
        await this.#followCsv(standing);
      }
    } catch (error) {
      await this.#fail(error);
    }
    return this.#version !== before;
  }

  /** A page of the rows that fit. Waits while the table is made. @throws RowtrailError where it cannot be made */
  async page(query: RowQuery, offset: number, limit: number): Promise<TablePage> {
    for (let tries = 0; ; tries++) {
      const { answers, snapshot, overlay, lent, parts } = await this.#ready();
      const version = this.#version;
      const { total, row } = answers.answer(query, version);
      const from = Math.min(offset, total);
      const places = Array.from({ length: Math.min(limit, total - from) }, (_, at) => row(from + at));
      try {
        const ledger = await lent.tracker.existingLedger();
        const rows = await readShownRows(places, { snapshot, overlay, ledger, columns: parts.columns });
        return { version, total, offset: from, rows };
      } catch (error) {
        // The file was changed in place, or another took its place just now.
        if (!(error instanceof CsvChangedError || isClosed(error)) || tries === 5) throw error;
        await this.follow();
      }
    }
  }

  /** How many downloads have each status. */
  async counts(): Promise<Readonly<Record<DownloadType, Readonly<Record<CellStatus, number>>>>> {
    const { columns } = (await this.#ready()).parts;
    const of = (type: DownloadType) => {
      const [none = 0, pending = 0, downloading = 0, completed = 0, failed = 0, unknown = 0] =
        columns.countsOf(type);
      return { none, pending, downloading, completed, failed, unknown };
    };
    return { youtube: of('youtube'), drive: of('drive') };
  }

  /** How many rows have each status and each cause, and of each cause the first rows. @param most rows of each cause */
  async causes(most = 0): Promise<CauseCounts> {
    const { parts, snapshot } = await this.#ready();
    return {
      version: this.#version,
      ...causeCounts(parts.columns, most, (row) => snapshot.index.rowIdOf(row)),
    };
  }

  async rowCount(): Promise<number> {
    return (await this.#ready()).parts.columns.rowCount;
  }

  /** Who these rows are, as the CSV says it; those that it does not have are left out. */
  async namesOf(rowIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const { snapshot } = await this.#ready();
    const rows = [...new Set(rowIds)].map((rowId) => snapshot.index.findRow(rowId)).filter((row) => row >= 0);
    const names = new Map<string, string>();
    try {
      for await (const { context } of snapshot.readRows(rows)) names.set(context.rowId, context.name);
    } catch (error) {
      if (!(error instanceof CsvChangedError || isClosed(error))) throw error;
    }
    return names;
  }

  /** The row with this row_id as a page shows it; null when there is none. */
  async row(rowId: string): Promise<ShownRow | null> {
    const { snapshot, overlay, lent, parts } = await this.#ready();
    const at = snapshot.index.findRow(rowId);
    if (at < 0) return null;
    const ledger = await lent.tracker.existingLedger();
    const [row] = await readShownRows([at], { snapshot, overlay, ledger, columns: parts.columns });
    return row ?? null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#building?.catch(() => {});
    await this.#drop();
  }

  async #ready(): Promise<Standing> {
    for (let tries = 0; tries < 3; tries++) {
      await this.#building?.catch(() => {});
      if (this.#standing !== null) return this.#standing;
      if (this.#state.state === 'failed') throw this.#state.error;
      await this.follow();
    }
    if (this.#state.state === 'failed') throw this.#state.error;
    if (this.#standing === null) throw new RowtrailError('unknown', 'the table of rows is closed');
    return this.#standing;
  }

  async #takeChanges(standing: Standing): Promise<void> {
    const ledger = await standing.lent.tracker.existingLedger();
    if (ledger === null || (await ledger.lastChange()) === standing.seq) return;
    for (let more = true; more;) {
      const page = await ledger.changesAfter(standing.seq, CHANGES);
      takePage(standing, page);
      standing.seq = page.upTo;
      ({ more } = page);
    }
    this.#standing = standing;
    this.#become({ state: 'ready', version: ++this.#version });
  }

  async #followCsv(standing: Standing): Promise<void> {
    const { path } = standing.snapshot.index;
    const now = readIdentityNow(path);
    if (now === null)
      throw new RowtrailError('file_missing', 'there is no such CSV any more', { file: this.#csvPath });
    if (sameIdentity(now, standing.snapshot.index.identity)) return;
    const snapshot = await standing.lent.tracker.snapshot();
    const { index } = snapshot;
    const old = standing.snapshot;
    if (!index.hasRowsOf(old.index)) {
      await snapshot.close();
      // What others write while a run goes on need not be read each time: the old file is still open, and statuses come from the ledger.
      const isSoon = performance.now() - standing.builtAt < standing.buildMs / BUILD_PART;
      if (!isSoon || old.isChangedInPlace()) await this.#build();
      return;
    }
    standing.snapshot = snapshot;
    standing.overlay.follow(index);
    for (const row of index.rowsUnlike(old.index))
      for (const type of DOWNLOAD_TYPES)
        standing.parts.columns.setStatus(row, type, statusCode(index, standing.overlay, row, type));
    await old.close();
    this.#become({ state: 'ready', version: ++this.#version });
  }

  #build(): Promise<void> {
    this.#building ??= this.#buildAnew().finally(() => (this.#building = null));
    return this.#building;
  }

  async #buildAnew(): Promise<void> {
    // Two tables of a million rows at once would be too much memory.
    await this.#drop();
    this.#become({ state: 'building', fraction: 0 });
    const builtAt = performance.now();
    const { onState: _, ...tracking } = this.#options;
    const lent = await lendTracker(this.#csvPath, tracking);
    let snapshot: CsvSnapshot | null = null;
    try {
      const { tracker } = lent;
      await tracker.sync();
      const ledger = await tracker.existingLedger();
      const seq = ledger === null ? 0 : await startOf(ledger);
      snapshot = await tracker.snapshot();
      this.#become({ state: 'building', fraction: 0.4 });
      const overlay = await tracker.overlay(snapshot);
      const parts = await buildTable(snapshot, overlay, ledger, (fraction) =>
        this.#become({ state: 'building', fraction: 0.4 + fraction * 0.6 }),
      );
      const buildMs = performance.now() - builtAt;
      const ledgerFile = fileNumber(tracker.place.ledger);
      const answers = new RowAnswers(parts);
      const standing = { lent, ledgerFile, snapshot, overlay, parts, answers, seq, builtAt, buildMs };
      this.#standing = standing;
      await this.#takeChanges(standing);
      this.#become({ state: 'ready', version: ++this.#version });
      void answers.prepare(() => setImmediate());
    } catch (error) {
      this.#standing = null;
      await snapshot?.close();
      await lent[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #fail(error: unknown): Promise<void> {
    // It was changed while it was read: the next look reads it again.
    if (error instanceof CsvChangedError) return;
    await this.#drop();
    const known =
      error instanceof RowtrailError
        ? error
        : new RowtrailError(classifyError(error), 'the rows cannot be read', { file: this.#csvPath, error });
    this.#version++;
    this.#become({ state: 'failed', error: known });
  }

  async #drop(): Promise<void> {
    const standing = this.#standing;
    this.#standing = null;
    if (standing === null) return;
    await standing.snapshot.close();
    await standing.lent[Symbol.asyncDispose]();
  }

  #become(state: TableState): void {
    const isSame =
      state.state === 'failed' &&
      this.#state.state === 'failed' &&
      state.error.message === this.#state.error.message;
    this.#state = state;
    if (!isSame) this.#options.onState?.(state);
  }
}

function takePage({ snapshot, overlay, parts, answers }: Standing, page: ChangePage): void {
  overlay.putPage(page);
  let lastRow = -1;
  for (const [at, rowId] of page.rowIds.entries()) {
    const row = snapshot.index.findRow(rowId);
    const type = DOWNLOAD_TYPES[page.downloadTypes[at] ?? 0];
    if (row < 0 || type === undefined) continue;
    parts.columns.setStatus(row, type, statusCode(snapshot.index, overlay, row, type));
    const isOpen = CELL_STATUSES[parts.columns.statuses[type][row] ?? 0] !== 'completed';
    parts.columns.setCause(row, type, isOpen ? (page.causes[at] ?? '') : '');
    const attempted = secondsOfTime(page.lastAttempts[at] ?? '');
    // A row's downloads come one after the other: the later attempt counts.
    parts.columns.attemptedAt[row] =
      row === lastRow ? Math.max(attempted, parts.columns.attemptedAt[row] ?? 0) : attempted;
    lastRow = row;
    answers.extra.add(row, page.files[at] ?? []);
  }
}

/** What the CSV does not show yet is told of as well. */
async function startOf(ledger: Ledger): Promise<number> {
  const last = await ledger.lastChange();
  const [first] = await ledger.unprojected(0, 1);
  return first === undefined ? last : Math.min(first.seq - 1, last);
}

function isClosed(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EBADF';
}

function fileNumber(path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}

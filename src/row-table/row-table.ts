import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { CsvChangedError } from '../csv/index.ts';
import { classifyError, RowtrailError } from '../errors/index.ts';
import type { DownloadType } from '../row/index.ts';
import type { TrackerOptions } from '../tracker/index.ts';
import { countsOf, isOldFile, namesOf, pageOf, rowOf, type TablePage } from './ask.ts';
import { causeCounts, type CauseCounts } from './cause-counts.ts';
import { takeChanges, takeCsv } from './follow.ts';
import type { RowQuery } from './query.ts';
import type { ShownRow } from './shown-row.ts';
import { closeStanding, hasItsLedger, openStanding, type Standing } from './standing.ts';
import type { CellStatus } from './status-codes.ts';

/** So long after a question there may be another one: what can wait waits. */
const CALM_MS = 100;

export type TableState =
  | { readonly state: 'building'; readonly fraction: number }
  | { readonly state: 'ready'; readonly version: number }
  | { readonly state: 'failed'; readonly error: RowtrailError };

export interface RowTableOptions extends TrackerOptions {
  /** Told of each change of the table's state. */
  readonly onState?: (state: TableState) => void;
}

/**
 * All rows of a CSV to be looked at: filtered, sorted, searched, a page at a time, with the statuses of the ledger, which it follows. Of a
 * million rows it holds about 70 bytes each, their texts in a temporary file; what is shown is read from the CSV. It works where it was
 * opened, for tens of milliseconds at a time: where that disturbs, open it in a thread of its own.
 */
export class RowTable implements AsyncDisposable {
  readonly #csvPath: string;
  readonly #options: RowTableOptions;
  #state: TableState = { state: 'building', fraction: 0 };
  #standing: Standing | null = null;
  #building: Promise<void> | null = null;
  #version = 0;
  #closed = false;
  #askedAt = Number.NEGATIVE_INFINITY;

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
      if (standing === null || !hasItsLedger(standing)) await this.#build();
      else {
        if (await takeChanges(standing)) this.#standAnew();
        const csv = await takeCsv(standing, this.#csvPath);
        if (csv === 'taken') this.#standAnew();
        else if (csv === 'other') await this.#build();
      }
    } catch (error) {
      await this.#fail(error);
    }
    return this.#version !== before;
  }

  /** A page of the rows that fit. Waits while the table is made. @throws RowtrailError where it cannot be made */
  async page(query: RowQuery, offset: number, limit: number): Promise<TablePage> {
    this.#askedAt = performance.now();
    for (let tries = 0; ; tries++) {
      const standing = await this.#ready();
      try {
        return await pageOf(standing, this.#version, { query, offset, limit });
      } catch (error) {
        if (!isOldFile(error) || tries === 5) throw error;
        await this.follow();
      }
    }
  }

  /** How many downloads have each status. */
  async counts(): Promise<Readonly<Record<DownloadType, Readonly<Record<CellStatus, number>>>>> {
    return countsOf(await this.#ready());
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
    return namesOf(await this.#ready(), rowIds);
  }

  /** The row with this row_id as a page shows it; null when there is none. */
  async row(rowId: string): Promise<ShownRow | null> {
    return rowOf(await this.#ready(), rowId);
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

  #build(): Promise<void> {
    this.#building ??= this.#buildAnew().finally(() => (this.#building = null));
    return this.#building;
  }

  async #buildAnew(): Promise<void> {
    // Two tables of a million rows at once would be too much memory.
    await this.#drop();
    const { onState: _, ...tracking } = this.#options;
    const standing = await openStanding(this.#csvPath, tracking, (fraction) =>
      this.#become({ state: 'building', fraction }),
    );
    this.#standing = standing;
    await takeChanges(standing);
    this.#standAnew();
    // What cannot be read is told to whoever asks for it.
    standing.answers.prepare(() => this.#calm(standing)).catch(() => {});
  }

  /** Resolves once nobody has asked for a while. @returns whether this is still what is shown */
  async #calm(standing: Standing): Promise<boolean> {
    await setImmediate();
    while (performance.now() - this.#askedAt < CALM_MS) await sleep(CALM_MS);
    return this.#standing === standing;
  }

  #standAnew(): void {
    this.#become({ state: 'ready', version: ++this.#version });
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
    if (standing !== null) await closeStanding(standing);
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

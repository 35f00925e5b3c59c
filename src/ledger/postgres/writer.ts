import { RowtrailError } from '../../errors/index.ts';
import { type Alongside, doAlongside } from './alongside.ts';
import type { LeaseTerms } from './lease-terms.ts';
import type { Asking, Store } from './store.ts';
import { fetchWorkingSet, type WorkingSet } from './working-set.ts';
import { writeWorkingSet } from './write-set.ts';

/** Changes that share a transaction at most: what is decided for them holds the event loop for some milliseconds. */
const MOST_TOGETHER = 256;

/** Transactions under way at the same time, of different rows: while one is written down and committed, the next is fetched and decided. */
const MOST_UNDER_WAY = 2;

/** Whoever waited goes on in the same turn of the event loop: hundreds at once would hold everything else up. */
const ANSWERS_IN_A_TURN = 32;
/**
 * Changes after which the tables are looked through, each time ten times as many: PostgreSQL does so by itself about once a minute, and
 * until then takes a table that grows for the small one that it was.
 */
const FIRST_LOOK = 500;
const ANALYZE = `ANALYZE ${['csv_row', 'download', 'attempt', 'item', 'file', 'projection', 'attempt_minute'].map((table) => `rowtrail.${table}`).join(', ')}`;

interface Change {
  readonly rowIds: readonly string[];
  readonly needsAttempts: boolean;
  readonly alongside: Alongside | null;
  readonly decide: (set: WorkingSet) => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

type Decided = { readonly value: unknown } | { readonly error: Error };

export interface ChangeNeeds {
  /** Whether it asks which attempts are known. */
  readonly attempts?: boolean;
  /** What is done in the same transaction; where it is refused the change does not happen, and fails with that error. */
  readonly alongside?: Alongside | null;
}

/** Changes of downloads in the order in which they are asked for. Those that wait at the same time share a transaction. */
export class Writer {
  readonly #store: Store;
  readonly #csvId: number;
  readonly #lease: LeaseTerms;
  readonly #waiting: Change[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #rowsUnderWay = new Set<string>();
  #isNextAsked = false;
  #closed = false;
  #changes = 0;
  #nextLook = FIRST_LOOK;

  /** @param lease of the downloads that are begun */
  constructor(store: Store, csvId: number, lease: LeaseTerms) {
    this.#store = store;
    this.#csvId = csvId;
    this.#lease = lease;
  }

  /**
   * @param rowIds of the rows that may be changed
   * @param decide what becomes of them; it may be asked more than once, each time with fresh data
   */
  change<Result>(
    rowIds: readonly string[],
    decide: (set: WorkingSet) => Result,
    { attempts: needsAttempts = false, alongside = null }: ChangeNeeds = {},
  ): Promise<Result> {
    if (this.#closed) return Promise.reject(new RowtrailError('unknown', 'the ledger is closed'));
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.push({ rowIds, needsAttempts, alongside, decide, resolve, reject });
      this.#askForNext();
    });
  }

  /** Resolves when everything that was asked for is done; nothing can be asked for any more. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#waiting.length > 0 || this.#underWay.size > 0) {
      await new Promise(setImmediate);
      // A race of none would never end.
      if (this.#underWay.size > 0) await Promise.race(this.#underWay);
    }
  }

  /** The calls of one turn of the event loop come together. */
  #askForNext(): void {
    if (this.#isNextAsked) return;
    this.#isNextAsked = true;
    setImmediate(() => {
      this.#isNextAsked = false;
      while (this.#underWay.size < MOST_UNDER_WAY) {
        const together = this.#next();
        if (together.length === 0) return;
        const doing = this.#settle(together).finally(() => {
          this.#underWay.delete(doing);
          if (this.#waiting.length > 0) this.#askForNext();
        });
        this.#underWay.add(doing);
      }
    });
  }

  /** The changes that wait longest and may go on now: those of one row go one after the other, in their order. */
  #next(): readonly Change[] {
    const together: Change[] = [];
    const later: Change[] = [];
    const held = new Set(this.#rowsUnderWay);
    while (together.length < MOST_TOGETHER && later.length < MOST_TOGETHER) {
      const change = this.#waiting.shift();
      if (change === undefined) break;
      const isHeld = change.rowIds.some((rowId) => held.has(rowId));
      if (isHeld) for (const rowId of change.rowIds) held.add(rowId);
      (isHeld ? later : together).push(change);
    }
    this.#waiting.unshift(...later);
    return together;
  }

  async #settle(together: readonly Change[]): Promise<void> {
    const rowIds = together.flatMap((change) => change.rowIds);
    for (const rowId of rowIds) this.#rowsUnderWay.add(rowId);
    try {
      await this.#doTogether(together);
    } catch (error) {
      // One of them may be to blame: each alone, so that the others are done.
      if (together.length === 1) together[0]?.reject(error);
      else await this.#doEach(together, error);
    } finally {
      for (const rowId of rowIds) this.#rowsUnderWay.delete(rowId);
    }
  }

  async #doEach(changes: readonly Change[], error: unknown): Promise<void> {
    const isAway = error instanceof RowtrailError && error.code === 'store_unreachable';
    for (const change of changes) {
      if (isAway) change.reject(error);
      else await this.#doTogether([change]).catch(change.reject);
    }
  }

  async #doTogether(changes: readonly Change[]): Promise<void> {
    const rowIds = changes.flatMap((change) => change.rowIds);
    const needsAttempts = changes.some((change) => change.needsAttempts);
    const results = await this.#store.transaction(async (ask) => {
      const set = await fetchWorkingSet(ask, this.#csvId, rowIds, needsAttempts);
      const refused = await this.#alongside(ask, changes);
      const decided = changes.map(({ decide, alongside }): Decided => {
        const error = alongside === null ? undefined : refused.get(alongside);
        return error === undefined ? { value: decide(set) } : { error };
      });
      await writeWorkingSet(ask, this.#csvId, set, this.#lease);
      return decided;
    });
    for (const [at, { resolve, reject }] of changes.entries()) {
      const result = results[at] ?? { error: new Error('a change that was decided has a result') };
      if ('error' in result) reject(result.error);
      else resolve(result.value as never);
      if (at % ANSWERS_IN_A_TURN === ANSWERS_IN_A_TURN - 1) await new Promise(setImmediate);
    }
    this.#changes += changes.length;
    if (this.#changes < this.#nextLook) return;
    this.#nextLook *= 10;
    // Whether it succeeds changes how fast things go, and nothing else.
    await this.#store.change(ANALYZE).catch(() => {});
  }

  /** Before anything is decided: what is refused changes nothing. */
  async #alongside(ask: Asking, changes: readonly Change[]): Promise<ReadonlyMap<Alongside, Error>> {
    const all = changes.flatMap(({ alongside }) => alongside ?? []);
    return all.length === 0 ? new Map() : doAlongside(ask, all);
  }
}

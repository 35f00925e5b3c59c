import { RowtrailError } from '../../errors/index.ts';
import { type Alongside, doAlongside } from './alongside.ts';
import type { LeaseTerms } from './lease-terms.ts';
import type { Asking, Store } from './store.ts';
import { fetchWorkingSet, type WorkingSet } from './working-set.ts';
import { writeWorkingSet } from './write-set.ts';

/** Changes that share a transaction at most: what is decided for them holds the event loop for some milliseconds. */
const MOST_TOGETHER = 256;

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
  #working: Promise<void> | null = null;
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
      this.#working ??= this.#work();
    });
  }

  /** Resolves when everything that was asked for is done; nothing can be asked for any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#working;
  }

  async #work(): Promise<void> {
    // The calls of one turn of the event loop come together.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const together = this.#waiting.splice(0, MOST_TOGETHER);
      try {
        await this.#doTogether(together);
      } catch (error) {
        // One of them may be to blame: each alone, so that the others are done.
        if (together.length === 1) together[0]?.reject(error);
        else await this.#doEach(together, error);
      }
    }
    this.#working = null;
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

import type { Ledger } from '../ledger.ts';
import { absorbCsv, enterBeside } from './absorb.ts';
import { csvsNamed, enterCsv, findCsv, type StoredCsv } from './csvs.ts';
import { ListeningSession } from './listening-session.ts';
import { fillCsv, type PutRecords } from './fill-csv.ts';
import { type CsvTask, Locks, type StoreLock } from './locks.ts';
import { type LeaseTerms, RUN_LEASE } from './lease-terms.ts';
import { PostgresLedger, type SharedLedger } from './postgres-ledger.ts';
import { prepareSchema } from './schema.ts';
import { type Asking, Store, type StoreOptions } from './store.ts';

/** A store's database, as it is lent to others. */
export interface StoreDatabase extends Pick<Asking, 'rows'> {
  readonly transaction: Store['transaction'];
  /** A connection of its own that listens on a channel, see `ListeningSession`. */
  session(
    channel: string,
    opened: (ask: Asking) => Promise<void>,
    hear: (message: string | null) => void,
  ): ListeningSession;
}

/** A PostgreSQL database that holds the ledgers of CSVs, each under a key of its own: two with the same row_ids are kept apart. */
export class CsvStore {
  /** Its address as it may be shown: without a password. */
  readonly shown: string;
  /** For what else stands in the same database; closed with the store. */
  readonly connections: Store;
  readonly #store: Store;
  readonly #locks: Locks;

  private constructor(store: Store) {
    this.shown = store.address.shown;
    this.connections = store;
    this.#store = store;
    this.#locks = new Locks(store);
  }

  /**
   * Opens a store and brings it to this version's schema. Nothing of it keeps the process alive while nothing is asked.
   * @param url of a database, `postgres://user:password@host:port/name`
   * @throws RowtrailError `usage` where that is no address or the library is missing; `store_unreachable` with what was tried and why it
   *   failed, never with the password; `ledger_newer`
   */
  static async open(url: string, options: StoreOptions = {}): Promise<CsvStore> {
    const store = await Store.at(url, options);
    try {
      await store.reach();
      await prepareSchema(store);
      await store.knowCommits();
      return new CsvStore(store);
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  /** The same database, for what else is kept there. It ends with the store. */
  get database(): StoreDatabase {
    const store = this.#store;
    return {
      rows: (text, values) => store.rows(text, values),
      transaction: (work) => store.transaction(work),
      session: (...session) => new ListeningSession(store, ...session),
    };
  }

  /** Asks once, by a connection of its own, whether the store answers now. @throws RowtrailError `store_unreachable` with the reason */
  answers(): Promise<void> {
    return this.#store.answers();
  }

  /** The CSV that was entered under this key, or null. @param key a UUID */
  find(key: string): Promise<StoredCsv | null> {
    return findCsv(this.#store, key);
  }

  /** The CSVs that had this name when they were last opened, the newest first. */
  named(name: string): Promise<readonly StoredCsv[]> {
    return csvsNamed(this.#store, name);
  }

  /** Enters a CSV, or its new name and place. */
  enter(csv: Omit<StoredCsv, 'id'>): Promise<StoredCsv> {
    return enterCsv(this.#store, csv);
  }

  /** The ledger of a CSV. Closing it leaves the store open. @param lease of what is begun through it; a run's unless given */
  ledger({ id }: StoredCsv, lease: LeaseTerms = RUN_LEASE): SharedLedger {
    return new PostgresLedger(this.#store, id, lease);
  }

  /** The same for one that is used alone: closing it closes the store. */
  ledgerAlone({ id }: StoredCsv): Ledger {
    return new PostgresLedger(this.#store, id, RUN_LEASE, () => this.close());
  }

  /** Takes the lock of a task that one process at a time does with a CSV. @returns null while another one holds it */
  tryLock({ id }: StoredCsv, task: CsvTask): Promise<StoreLock | null> {
    return this.#locks.tryLock(id, task);
  }

  /**
   * Fills the ledger of a CSV that knows nothing: beside it first, then it is taken over in one step. A kill in the middle leaves it empty.
   * @returns false where somebody has recorded something meanwhile: then it stays as it is
   */
  async rebuild(csv: StoredCsv, fill: (fresh: Ledger) => Promise<void>): Promise<boolean> {
    const beside = await enterBeside(this.#store, csv);
    const fresh = this.ledger(beside);
    try {
      await fill(fresh);
    } finally {
      await fresh.close();
    }
    return absorbCsv(this.#store, csv.id, beside.id);
  }

  /**
   * Fills the ledger of a CSV that knows nothing with records of its tables as they are, in one transaction.
   * @param work puts them, and returns the number of the last change; it may be asked more than once
   * @returns false where some row is known: then nothing is changed
   */
  fill({ id }: StoredCsv, work: (put: PutRecords) => Promise<number>): Promise<boolean> {
    return fillCsv(this.#store, id, work);
  }

  async close(): Promise<void> {
    await this.#locks.close();
    await this.#store.close();
  }
}

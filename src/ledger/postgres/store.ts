import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Client, ClientConfig, Pool, PoolClient } from 'pg';
import { type Asking, asking, type SentResult, tell, type Value } from './asking.ts';
import { isInTheWay, isLost, lostFailure, openFailure, statementFailure } from './failures.ts';
import { loadPg, type PgLibrary } from './load-pg.ts';
import { clearCommitMarks, type CommitMark, CommitMarks } from './commit-marks.ts';
import { fromStored } from './safe-text.ts';
import { Silence } from './silence.ts';
import { type StoreAddress, storeAddress } from './store-address.ts';

export { type Asking, asking, type Value } from './asking.ts';

/** Connections of one process for reading and recording; the locks have one of their own. */
const MOST_CONNECTIONS = 4;
/** Until a server that does not answer counts as away (milliseconds). */
const CONNECT_MS = 10_000;
/** A connection that is silent for so long is asked for a sign of life by the system, each second; after ten in vain it ends (milliseconds). */
const KEEPALIVE_MS = 10_000;
/** How long a store that went away is waited for (seconds). */
const PATIENCE_S = 60;
/** Between two tries (milliseconds): the first, doubled up to the longest. */
const FIRST_REST_MS = 100;
const LONGEST_REST_MS = 2000;
/** How often a transaction is done again that others were in the way of. */
const MOST_TRIES = 20;

export interface StoreOptions {
  /** Seconds for which a store that went away is waited for (default 60). */
  readonly patience?: number | undefined;
}

/** One process' connections to a store. They keep no process alive while nothing is asked. */
export class Store implements Asking {
  readonly address: StoreAddress;
  readonly #pg: PgLibrary;
  readonly #pool: Pool;
  readonly #patience: number;
  readonly #marks = new CommitMarks();
  readonly #silence = new Silence(() => this.ownConnection());
  #hasMarks = false;
  #closed = false;

  private constructor(pg: PgLibrary, address: StoreAddress, { patience = PATIENCE_S }: StoreOptions) {
    this.address = address;
    this.#pg = pg;
    this.#patience = patience;
    this.#pool = new pg.Pool({
      ...this.#config(),
      max: MOST_CONNECTIONS,
      allowExitOnIdle: true,
      // Before a new connection is used.
      verify: (client, done) => void this.#verify(client, done),
    });
    // A connection that breaks while nobody uses it is no news: the next one who asks gets another.
    this.#pool.on('error', () => {});
    // The library tells of a broken connection a second time, besides the query that meets it; from before its first use on, nobody else listens.
    this.#pool.on('connect', (client) => client.on('error', () => {}));
  }

  /** @throws RowtrailError `usage` where the address is none or the library is missing */
  static async at(url: string, options: StoreOptions = {}): Promise<Store> {
    const address = storeAddress(url);
    return new Store(await loadPg(), address, options);
  }

  /** Tries once whether the store answers. @throws RowtrailError `store_unreachable` with the reason */
  async reach(): Promise<void> {
    try {
      (await this.#pool.connect()).release();
    } catch (error) {
      throw openFailure(error, this.address.shown);
    }
  }

  /** The same by a new connection, whose answer is of now. @throws RowtrailError `store_unreachable` with the reason */
  async answers(): Promise<void> {
    const client = this.ownConnection();
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('SELECT 1');
    } catch (error) {
      throw openFailure(error, this.address.shown);
    } finally {
      void client.end().catch(() => {});
    }
  }

  rows<Row>(text: string, values: readonly Value[] = []): Promise<readonly Row[]> {
    return this.#patiently((client) => asking(client).rows<Row>(text, values));
  }

  tuples<Row>(text: string, values: readonly Value[] = []): Promise<readonly Row[]> {
    return this.#patiently((client) => asking(client).tuples<Row>(text, values));
  }

  /** One change that is harmless when it is made twice. */
  change(text: string, values: readonly Value[] = []): Promise<number> {
    return this.#patiently((client) => asking(client).change(text, values));
  }

  /** As in `Asking`; it may be sent twice where the connection is lost. */
  send(text: string, values?: readonly unknown[]): Promise<SentResult> {
    return this.#patiently(async (client) => {
      try {
        return await asking(client).send(text, values);
      } catch (error) {
        // Of several statements the first may have begun a transaction.
        if (!isLost(error)) await tell(client, 'ROLLBACK').catch(() => {});
        throw error;
      }
    });
  }

  /**
   * Does several things as one. They may be done again from the start, when others are in the way or the store went away, but they
   * are committed once: where the connection breaks while the commit is under way, the store is asked what became of it.
   * @param work must leave nothing behind in memory when it is done again
   */
  transaction<Result>(work: (ask: Asking) => Promise<Result>): Promise<Result> {
    const wholly = async (): Promise<Result> => {
      const { result, inDoubt } = await this.#patiently((client) => this.#transact(client, work));
      // The connection was given back before this: others may be in the same doubt, and wait for one.
      return inDoubt === null || (await this.#marks.wasCommitted(inDoubt, this)) ? result : wholly();
    };
    return wholly();
  }

  async #transact<Result>(
    client: PoolClient,
    work: (ask: Asking) => Promise<Result>,
  ): Promise<{ readonly result: Result; readonly inDoubt: CommitMark }> {
    await tell(client, 'BEGIN');
    let result: Result;
    let mark: CommitMark;
    try {
      result = await work(asking(client));
      mark = this.#hasMarks ? await this.#marks.leave(client, asking(client)) : null;
    } catch (error) {
      if (!isLost(error)) await tell(client, 'ROLLBACK').catch(() => {});
      throw error;
    }
    try {
      await tell(client, 'COMMIT');
    } catch (error) {
      if (!this.#hasMarks || !isLost(error)) throw error;
      return { result, inDoubt: mark };
    }
    return { result, inDoubt: null };
  }

  /** Asks several things of one state of the store. */
  snapshot<Result>(work: (ask: Asking) => Promise<Result>): Promise<Result> {
    return this.#patiently(async (client) => {
      await tell(client, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      try {
        return await work(asking(client));
      } finally {
        await tell(client, 'COMMIT').catch(() => {});
      }
    });
  }

  /** The schema is there: from now on it is known of each transaction whether it was committed. */
  async knowCommits(): Promise<void> {
    await clearCommitMarks(this);
    this.#hasMarks = true;
  }

  /** A connection outside of the pool, whose locks are its own. It is not connected yet. */
  ownConnection(): Client {
    return new this.#pg.Client(this.#config());
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#pool.end();
  }

  #config(): ClientConfig {
    const { types } = this.#pg;
    const { builtins } = types;
    const getTypeParser: typeof types.getTypeParser = (oid: number, format?: 'text' | 'binary') => {
      if (oid === builtins.TEXT) return fromStored;
      if (oid === builtins.INT8) return Number;
      return format === 'binary' ? types.getTypeParser(oid, format) : types.getTypeParser(oid);
    };
    return {
      connectionString: this.address.url,
      application_name: 'rowtrail',
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEPALIVE_MS,
      types: { getTypeParser },
    };
  }

  async #verify(client: PoolClient, done: (error?: Error) => void): Promise<void> {
    done(await this.#silence.meet(client));
  }

  async #patiently<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    let lostAt: number | null = null;
    for (let tries = 1, rest = FIRST_REST_MS; ; tries++) {
      try {
        return await this.#once(work);
      } catch (error) {
        if (isInTheWay(error) && tries < MOST_TRIES) continue;
        if (!isLost(error) || this.#closed) throw statementFailure(error, this.address.shown);
        lostAt ??= performance.now();
        if (performance.now() - lostAt > this.#patience * 1000)
          throw lostFailure(error, this.address.shown, this.#patience);
      }
      if (lostAt === null) continue;
      await sleepFor(rest);
      rest = Math.min(rest * 2, LONGEST_REST_MS);
    }
  }

  async #once<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.#pool.connect();
    let failure: unknown = null;
    using watch = this.#silence.watch(client);
    void watch;
    try {
      return await work(client);
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      client.release(failure !== null && isLost(failure));
    }
  }
}

import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Client, ClientConfig, Pool, PoolClient, QueryResult } from 'pg';
import { isInTheWay, isLost, lostFailure, openFailure, statementFailure } from './failures.ts';
import { loadPg, type PgLibrary } from './load-pg.ts';
import { fromStored, toStored } from './safe-text.ts';
import { type StoreAddress, storeAddress } from './store-address.ts';

/** Connections of one process for reading and recording; the locks have one of their own. */
const MOST_CONNECTIONS = 4;
/** Until a server that does not answer counts as away (milliseconds). */
const CONNECT_MS = 10_000;
/** A transaction that is left alone so long, as by a process that was stopped in its middle, is undone: others wait for its rows. */
const LEFT_ALONE = "SET idle_in_transaction_session_timeout = '10s'";
/** How long a store that went away is waited for (seconds). */
const PATIENCE_S = 60;
/** Between two tries (milliseconds): the first, doubled up to the longest. */
const FIRST_REST_MS = 100;
const LONGEST_REST_MS = 2000;
/** How often a transaction is done again that others were in the way of. */
const MOST_TRIES = 20;

/** A value of a statement; texts are stored so that no character is lost. */
export type Value = string | number | boolean | null | readonly string[] | readonly number[];

/** Asks one connection; the rows come as objects. */
export interface Asking {
  rows<Row>(text: string, values?: readonly Value[]): Promise<readonly Row[]>;
  /** The same as arrays of columns. */
  tuples<Row>(text: string, values?: readonly Value[]): Promise<readonly Row[]>;
  /** @returns how many rows were changed */
  change(text: string, values?: readonly Value[]): Promise<number>;
  /** Sends what a library wrote: not prepared, values as they are; without values it may be several statements, whose results come as a list. */
  send(text: string, values?: readonly unknown[]): Promise<SentResult>;
}

export interface SentResult {
  readonly rows: unknown[];
}

export interface StoreOptions {
  /** Seconds for which a store that went away is waited for (default 60). */
  readonly patience?: number | undefined;
}

/** A number that the server knows nothing of was given out before it crashed, and nothing was written down under it. */
const XACT_STATUS = `SELECT CASE WHEN $1::xid8 < pg_snapshot_xmax(pg_current_snapshot()) THEN pg_xact_status($1::xid8) END AS status`;

/** One process' connections to a store. They keep no process alive while nothing is asked. */
export class Store implements Asking {
  readonly address: StoreAddress;
  readonly #pg: PgLibrary;
  readonly #pool: Pool;
  readonly #patience: number;
  #closed = false;

  private constructor(pg: PgLibrary, address: StoreAddress, { patience = PATIENCE_S }: StoreOptions) {
    this.address = address;
    this.#pg = pg;
    this.#patience = patience;
    this.#pool = new pg.Pool({ ...this.#config(), max: MOST_CONNECTIONS, allowExitOnIdle: true });
    // A connection that breaks while nobody uses it is no news: the next one who asks gets another.
    this.#pool.on('error', () => {});
    // One that breaks at once is met by whoever asks first.
    this.#pool.on('connect', (client) => void client.query(LEFT_ALONE).catch(() => {}));
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
        if (!isLost(error)) await client.query('ROLLBACK').catch(() => {});
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
    return this.#patiently(async (client) => {
      await client.query('BEGIN');
      let result: Result;
      let number: string | null;
      try {
        result = await work(asking(client));
        const [state] = await asking(client).rows<{ readonly number: string | null }>(
          'SELECT pg_current_xact_id_if_assigned()::text AS number',
        );
        number = state?.number ?? null;
      } catch (error) {
        if (!isLost(error)) await client.query('ROLLBACK').catch(() => {});
        throw error;
      }
      try {
        await client.query('COMMIT');
      } catch (error) {
        if (!isLost(error) || !(await this.#wasCommitted(number))) throw error;
      }
      return result;
    });
  }

  /** Asks several things of one state of the store. */
  snapshot<Result>(work: (ask: Asking) => Promise<Result>): Promise<Result> {
    return this.#patiently(async (client) => {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      try {
        return await work(asking(client));
      } finally {
        await client.query('COMMIT').catch(() => {});
      }
    });
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
      types: { getTypeParser },
    };
  }

  /** What became of a transaction whose commit nobody answered. */
  async #wasCommitted(number: string | null): Promise<boolean> {
    if (number === null) return true;
    for (;;) {
      const [state] = await this.rows<{ readonly status: string | null }>(XACT_STATUS, [number]);
      // Still under way where its connection was cut and the server has not noticed.
      if (state?.status !== 'in progress') return state?.status === 'committed';
      await sleepFor(FIRST_REST_MS);
    }
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
    // The library tells of a broken connection a second time, besides the query that meets it.
    const ignore = () => {};
    client.on('error', ignore);
    let failure: unknown = null;
    try {
      return await work(client);
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      client.off('error', ignore);
      client.release(failure !== null && isLost(failure));
    }
  }
}

/** Statements are prepared once in a connection, under their own text. */
const names = new Map<string, string>();

function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `rowtrail_${names.size}`;
  names.set(text, name);
  return name;
}

/** Asks this connection. */
export function asking(client: Client | PoolClient): Asking {
  const ask = (text: string, values: readonly Value[], rowMode?: 'array'): Promise<QueryResult> =>
    client.query({
      name: `${nameOf(text)}${rowMode === undefined ? '' : '_a'}`,
      text,
      values: values.map(stored),
      ...(rowMode !== undefined && { rowMode }),
    });
  return {
    rows: async <Row>(text: string, values: readonly Value[] = []) =>
      (await ask(text, values)).rows as readonly Row[],
    tuples: async <Row>(text: string, values: readonly Value[] = []) =>
      (await ask(text, values, 'array')).rows as readonly Row[],
    change: async (text, values = []) => (await ask(text, values)).rowCount ?? 0,
    send: (text, values) => (values === undefined ? client.query(text) : client.query(text, [...values])),
  };
}

function stored(value: Value): unknown {
  if (typeof value === 'string') return toStored(value);
  return Array.isArray(value)
    ? value.map((each: string | number) => (typeof each === 'string' ? toStored(each) : each))
    : value;
}

import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Client } from 'pg';
import { isLost, openFailure } from './failures.ts';
import { asking, type Store } from './store.ts';

/** What only one process may do with a CSV at a time, whichever machine it is on. */
export type CsvTask = 'run' | 'write';

/** The first half of an advisory lock's number; the second is the CSV's. "rowt", and the one after it. */
const TASK_NUMBERS: Readonly<Record<CsvTask, number>> = { run: 1_919_907_700, write: 1_919_907_701 };

/** Between two tries to have a lock again that went with its connection (milliseconds). */
const AGAIN_MS = 500;
/** These questions are answered at once: a connection that leaves one open so long is lost (milliseconds). */
const SILENT_MS = 10_000;
/** Where a machine died or was cut off, the server frees what it held after about so many seconds without a sign of life. */
const KEEPALIVE = { idle: 10, interval: 5, count: 3 } as const;

const UNLOCK = 'SELECT pg_advisory_unlock($1, $2)';

/** A session of the server: its process' number may be another one's by now, so the time stands beside it. */
interface Session {
  readonly pid: number;
  readonly since: string;
}

const SESSION = `SELECT pid, backend_start::text AS since FROM pg_stat_activity WHERE pid = pg_backend_pid()`;
const END_SESSION = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND backend_start::text = $2`;

type Numbers = readonly [number, number];

interface Held {
  readonly numbers: Numbers;
  /** The connection that has it; null while it has to be taken again. */
  on: Client | null;
}

/** A lock in the store, held until it is released or its holder's connection ends. */
export interface StoreLock {
  release(): Promise<void>;
}

/**
 * Locks of PostgreSQL on a connection of their own, so that they end with the process that holds them and with nothing else. Where the
 * connection is lost they are taken again as soon as the store is back; what was given to another meanwhile is fenced by its
 * lease. An idle connection keeps no process alive.
 */
export class Locks {
  readonly #store: Store;
  readonly #held = new Map<string, Held>();
  #isTaking = false;
  /** The server's side of the last connection. */
  #session: Session | null = null;
  #connected: Promise<Client> | null = null;
  #closed = false;

  constructor(store: Store) {
    this.#store = store;
  }

  /** @returns null while another process holds it. @throws RowtrailError `store_unreachable` */
  async tryLock(csvId: number, task: CsvTask): Promise<StoreLock | null> {
    const numbers = [TASK_NUMBERS[task], csvId] as const;
    const key = numbers.join(':');
    let on: Client | null;
    try {
      on = await this.#take(numbers);
    } catch (error) {
      throw openFailure(error, this.#store.address.shown);
    }
    if (on === null) return null;
    this.#held.set(key, { numbers, on });
    return {
      release: async () => {
        if (!this.#held.delete(key)) return;
        // A connection that is gone has taken the lock with it.
        await this.#ask(UNLOCK, numbers).catch(() => {});
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#held.clear();
    const client = await this.#connected?.catch(() => null);
    await client?.end().catch(() => {});
  }

  /** @returns the connection that has it now; null while another one does */
  async #take(numbers: Numbers): Promise<Client | null> {
    const take = async () => {
      const on = await this.#connection();
      const text = 'SELECT pg_try_advisory_lock($1, $2) AS got';
      const [answer] = await this.#ask<{ readonly got: boolean }>(text, numbers, on);
      return answer?.got === true ? on : null;
    };
    return take().catch((error: unknown) => {
      // The connection may have been lost while nobody used it: once more with another.
      if (isLost(error)) return take();
      throw error;
    });
  }

  async #ask<Row>(text: string, numbers: Numbers, on?: Client): Promise<readonly Row[]> {
    const client = on ?? (await this.#connection());
    client.ref();
    const timer = setTimeout(() => void client.end().catch(() => {}), SILENT_MS);
    try {
      return await asking(client).rows<Row>(text, [...numbers]);
    } finally {
      clearTimeout(timer);
      client.unref();
    }
  }

  #connection(): Promise<Client> {
    this.#connected ??= this.#connect().catch((error: unknown) => {
      this.#connected = null;
      throw error;
    });
    return this.#connected;
  }

  async #connect(): Promise<Client> {
    const client = this.#store.ownConnection();
    client.on('error', () => {});
    await client.connect();
    client.on('end', () => {
      this.#connected = null;
      for (const held of this.#held.values()) if (held.on === client) held.on = null;
      if (this.#isTaking || this.#closed || this.#held.size === 0) return;
      this.#isTaking = true;
      void this.#takeAgain().finally(() => (this.#isTaking = false));
    });
    await this.#replaceEarlier(client);
    for (const [name, value] of Object.entries(KEEPALIVE))
      await client.query(`SET tcp_keepalives_${name} = ${value}`);
    client.unref();
    return client;
  }

  /** Where the server does not know yet that the connection of before is lost, it would hold our locks against us: it is told. */
  async #replaceEarlier(client: Client): Promise<void> {
    const ask = asking(client);
    const earlier = this.#session;
    const [session] = await ask.rows<Session>(SESSION);
    this.#session = session ?? null;
    if (earlier !== null) await ask.rows(END_SESSION, [earlier.pid, earlier.since]);
  }

  /** A lock that is taken twice has to be given back twice: one at a time takes what is missing. */
  async #takeAgain(): Promise<void> {
    while (!this.#closed) {
      const [lost] = [...this.#held].filter(([, { on }]) => on === null);
      if (lost === undefined) return;
      const [key, held] = lost;
      const on = await this.#take(held.numbers).catch(() => null);
      if (on === null) await sleepFor(AGAIN_MS, undefined, { ref: false });
      else if (this.#held.get(key) === held) held.on = on;
      else await this.#ask(UNLOCK, held.numbers, on).catch(() => {});
    }
  }
}

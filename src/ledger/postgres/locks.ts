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
/** Where a machine died or was cut off, the server frees what it held after about so many seconds without a sign of life. */
const KEEPALIVE = { idle: 10, interval: 5, count: 3 } as const;

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
  readonly #held = new Map<string, readonly [number, number]>();
  #connected: Promise<Client> | null = null;
  #closed = false;

  constructor(store: Store) {
    this.#store = store;
  }

  /** @returns null while another process holds it. @throws RowtrailError `store_unreachable` */
  async tryLock(csvId: number, task: CsvTask): Promise<StoreLock | null> {
    const numbers = [TASK_NUMBERS[task], csvId] as const;
    const key = numbers.join(':');
    try {
      if (!(await this.#take(numbers))) return null;
    } catch (error) {
      throw openFailure(error, this.#store.address.shown);
    }
    this.#held.set(key, numbers);
    return {
      release: async () => {
        if (!this.#held.delete(key)) return;
        // A connection that is gone has taken the lock with it.
        await this.#ask('SELECT pg_advisory_unlock($1, $2)', numbers).catch(() => {});
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#held.clear();
    const client = await this.#connected?.catch(() => null);
    await client?.end().catch(() => {});
  }

  async #take(numbers: readonly [number, number]): Promise<boolean> {
    const ask = () =>
      this.#ask<{ readonly got: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS got', numbers);
    const [answer] = await ask().catch((error: unknown) => {
      // The connection may have been lost while nobody used it: once more with another.
      if (isLost(error)) return ask();
      throw error;
    });
    return answer?.got === true;
  }

  async #ask<Row>(text: string, numbers: readonly [number, number]): Promise<readonly Row[]> {
    const client = await this.#connection();
    client.ref();
    try {
      return await asking(client).rows<Row>(text, [...numbers]);
    } finally {
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
      if (!this.#closed && this.#held.size > 0) void this.#takeAgain();
    });
    for (const [name, value] of Object.entries(KEEPALIVE))
      await client.query(`SET tcp_keepalives_${name} = ${value}`);
    client.unref();
    return client;
  }

  async #takeAgain(): Promise<void> {
    for (const [key, numbers] of this.#held) {
      while (!this.#closed && this.#held.has(key)) {
        if (await this.#take(numbers).catch(() => false)) break;
        await sleepFor(AGAIN_MS, undefined, { ref: false });
      }
    }
  }
}

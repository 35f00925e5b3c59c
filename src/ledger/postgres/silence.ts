import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Client, PoolClient } from 'pg';
import { owesSince } from './asking.ts';

/** An answer that takes so long may be lost; the server is asked (milliseconds). */
const SILENT_MS = 10_000;
const LOOK_MS = 1000;
/** An answer that the server has given may be on its way. */
const ON_ITS_WAY_MS = 1000;

const MEET = `SELECT pg_backend_pid() AS pid, set_config('idle_in_transaction_session_timeout', '10s', false)`;

/** Whether the server works on an answer, rather than having given it, or never heard the question. */
const WORKS = `SELECT 1 FROM pg_stat_activity
  WHERE pid = $1 AND state NOT LIKE 'idle%' AND wait_event_type IS DISTINCT FROM 'Client'`;

/**
 * Finds connections that go nowhere any more, as when a network drops what is sent and nobody says so. A statement may take as long as it
 * takes: when one stays without an answer, the server is asked by another connection whether it works on it.
 */
export class Silence {
  readonly #connect: () => Client;
  /** The server's processes behind connections. */
  readonly #processes = new WeakMap<PoolClient, number>();

  constructor(connect: () => Client) {
    this.#connect = connect;
  }

  /** Gets to know a new connection. A transaction of it that is left alone for long is undone by the server: others wait for its rows. @returns why it cannot be used */
  async meet(client: PoolClient): Promise<Error | undefined> {
    const timer = setTimeout(() => void client.end().catch(() => {}), SILENT_MS);
    try {
      const { rows } = await client.query<{ pid: number }>(MEET);
      const [row] = rows;
      if (row !== undefined) this.#processes.set(client, row.pid);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Watches a connection while it is used: where it goes nowhere it is ended, and who waits for an answer is told so. */
  watch(client: PoolClient): Disposable {
    let lookedAt = 0;
    let isLooking = false;
    const look = async (since: number) => {
      if (await this.#isWorkedOn(client)) return;
      await sleepFor(ON_ITS_WAY_MS, undefined, { ref: false });
      if (owesSince(client) === since) await client.end();
    };
    const timer = setInterval(() => {
      const since = owesSince(client);
      const now = performance.now();
      if (since === null || isLooking || now - Math.max(since, lookedAt) < SILENT_MS) return;
      isLooking = true;
      void look(since)
        .catch(() => {})
        .finally(() => {
          isLooking = false;
          lookedAt = performance.now();
        });
    }, LOOK_MS).unref();
    return { [Symbol.dispose]: () => clearInterval(timer) };
  }

  /** Where the server cannot be asked, it is out of reach for this connection, too. */
  async #isWorkedOn(client: PoolClient): Promise<boolean> {
    const other = this.#connect();
    other.on('error', () => {});
    try {
      await other.connect();
      const { rows } = await other.query(WORKS, [this.#processes.get(client) ?? 0]);
      return rows.length > 0;
    } catch {
      return false;
    } finally {
      void other.end().catch(() => {});
    }
  }
}

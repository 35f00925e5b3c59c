import { randomUUID } from 'node:crypto';
import type { Client, PoolClient } from 'pg';
import type { Asking } from './asking.ts';

/** What is known of a connection that ended is of no use after this. */
const KEPT = "interval '1 day'";

const MARK = `INSERT INTO rowtrail.commit_mark (connection, number)
  SELECT $1::uuid, $2::bigint WHERE pg_current_xact_id_if_assigned() IS NOT NULL
  ON CONFLICT (connection) DO UPDATE SET number = excluded.number, made_at = now() RETURNING number`;

/** Waits for a transaction that is still under way, as it writes what that one wrote last. */
const LOOK = `INSERT INTO rowtrail.commit_mark (connection, number) VALUES ($1::uuid, 0)
  ON CONFLICT (connection) DO UPDATE SET number = commit_mark.number RETURNING number`;

/** What a transaction wrote to be known by; null where it changed nothing. */
export type CommitMark = { readonly connection: string; readonly number: number } | null;

/**
 * Tells what became of a transaction whose commit was not answered. Each leaves a number of its own, in one row a connection. The server's
 * own numbers do not tell it: after a crash it gives those anew that it had not written down.
 */
export class CommitMarks {
  readonly #connections = new WeakMap<Client | PoolClient, { readonly id: string; last: number }>();

  /** The last thing that a transaction does. */
  async leave(client: Client | PoolClient, ask: Asking): Promise<CommitMark> {
    const connection = this.#connections.get(client) ?? { id: randomUUID(), last: 0 };
    this.#connections.set(client, connection);
    const number = ++connection.last;
    const marked = await ask.rows(MARK, [connection.id, number]);
    return marked.length === 0 ? null : { connection: connection.id, number };
  }

  /** @param ask another connection */
  async wasCommitted({ connection, number }: NonNullable<CommitMark>, ask: Asking): Promise<boolean> {
    const [found] = await ask.rows<{ readonly number: number }>(LOOK, [connection]);
    return found?.number === number;
  }
}

/** Clears what connections left that ended long ago. */
export async function clearCommitMarks(ask: Asking): Promise<void> {
  await ask.change(`DELETE FROM rowtrail.commit_mark WHERE made_at < now() - ${KEPT}`);
}

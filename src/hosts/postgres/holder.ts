import { hostname } from 'node:os';
import type { Asks, HostDatabase, HostSession } from './host-database.ts';

/**
 * A process has its turns as long as it gives signs of life (milliseconds). It gives one every BEAT; after LOST without one that the
 * database took, it believes no longer that it has them; after FREED the others do not, either. Between the two lies more than a
 * transaction may take. Where its connection has ended as well, as a killed process' has, FREED_GONE is enough; right after
 * a start of the server nobody's has been made yet.
 */
const BEAT_MS = 2000;
const LOST_MS = 20_000;
const FREED_MS = 30_000;
const FREED_GONE_MS = 5000;
const SERVER_START_MS = 10_000;
/** How often it is looked whether the process slept (milliseconds). */
const LOOK_MS = 1000;

/** The first half of an advisory lock's number; the second is the holder's. "rowt" and two. */
const HOLDER_LOCK = 1_919_907_702;
/** One at a time says that it begins alone. "rowt" and three. */
const BEGIN_LOCK = 1_919_907_703;

const ago = (milliseconds: number) => `clock_timestamp() - interval '${milliseconds} milliseconds'`;

/** Takes the holders away that are gone. */
const DELETE_GONE = `DELETE FROM rowtrail.turn_holder h
  WHERE h.id <> $1 AND pg_postmaster_start_time() < ${ago(SERVER_START_MS)} AND (
    h.seen_at < ${ago(FREED_MS)}
    OR (h.seen_at < ${ago(FREED_GONE_MS)} AND NOT EXISTS (
      SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
      WHERE l.locktype = 'advisory' AND d.datname = current_database()
        AND l.classid::bigint = ${HOLDER_LOCK} AND l.objid::bigint = h.id)))`;

/** What holders that are gone have left. */
const LEFT = `SELECT name, ARRAY(
    SELECT holder FROM unnest(holders) AS holder WHERE holder NOT IN (SELECT id FROM rowtrail.turn_holder)) AS gone
  FROM rowtrail.host
  WHERE holders <> '{}' AND NOT holders <@ ARRAY(SELECT id FROM rowtrail.turn_holder)`;

export interface HolderOptions {
  readonly database: HostDatabase;
  readonly session: () => HostSession;
  /** Frees the turns that these holders have at a host. */
  readonly free: (host: string, gone: readonly number[]) => Promise<void>;
}

/**
 * This process as one that has turns. It has them until it ends, or until the database has not heard of it for a while; then others get
 * them, and `held` tells those who work in one.
 */
export class Holder {
  readonly #options: HolderOptions;
  #id: number | null = null;
  /** Numbers under which it had turns that it lost. */
  #earlier: number[] = [];
  #lost = new AbortController();
  #entering: Promise<number> | null = null;
  /** By the clock of this process that goes on while it sleeps: when the last sign of life was sent that was taken. */
  #seenAt = 0;
  #beatAt = 0;
  #beating: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #hasBegun = false;

  constructor(options: HolderOptions) {
    this.#options = options;
  }

  /** Aborted when the turns that were given until now are not this process' any more. */
  get held(): AbortSignal {
    this.#look();
    return this.#lost.signal;
  }

  /** The number under which turns are taken now. */
  number(): Promise<number> {
    this.#look();
    if (this.#id !== null) return Promise.resolve(this.#id);
    this.#entering ??= this.#enter().finally(() => (this.#entering = null));
    return this.#entering;
  }

  /** Somebody found that the database does not know this holder any more. */
  isGone(id: number): void {
    if (this.#id === id) this.#lose();
  }

  /** The connection was made: what is bound to it is bound anew. */
  async bind(ask: Asks): Promise<void> {
    if (this.#id !== null) await ask.rows('SELECT pg_advisory_lock($1, $2)', [HOLDER_LOCK, this.#id]);
  }

  /** Gives everything back. Where the database is out of reach, the others notice after a while. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#beating;
    const id = this.#id;
    if (id === null) return;
    this.#lose();
    await this.#options
      .session()
      .rows('DELETE FROM rowtrail.turn_holder WHERE id = $1', [id])
      .catch(() => {});
  }

  async #enter(): Promise<number> {
    let sentAt = 0;
    const name = `${hostname()}, process ${process.pid}`;
    const id = await this.#options.database.transaction(async (ask) => {
      await ask.rows(`SELECT pg_advisory_xact_lock(${BEGIN_LOCK})`);
      await ask.rows('DELETE FROM rowtrail.turn_holder WHERE id = ANY($1)', [this.#earlier]);
      await ask.rows(DELETE_GONE, [0]);
      const others = await ask.rows('SELECT 1 FROM rowtrail.turn_holder LIMIT 1');
      // Who begins alone knows of no pauses and tries at once.
      if (others.length === 0 && !this.#hasBegun) await ask.rows('DELETE FROM rowtrail.host');
      sentAt = performance.now();
      const [entered] = await ask.rows<{ readonly id: number }>(
        'INSERT INTO rowtrail.turn_holder (name) VALUES ($1) RETURNING id',
        [name],
      );
      return entered?.id ?? 0;
    });
    this.#hasBegun = true;
    this.#earlier = [];
    this.#id = id;
    this.#seenAt = sentAt;
    this.#beatAt = sentAt;
    // Where there is no connection just now, it is bound when there is one.
    await this.bind(this.#options.session()).catch(() => {});
    this.#timer ??= setInterval(() => this.#tick(), LOOK_MS).unref();
    return id;
  }

  /** A process that was stopped, or was long without the database, does not have its turns any more. */
  #look(): void {
    if (this.#id !== null && performance.now() - this.#seenAt > LOST_MS) this.#lose();
  }

  #lose(): void {
    if (this.#id !== null) this.#earlier.push(this.#id);
    this.#id = null;
    this.#lost.abort(new DOMException('The turns at hosts were lost', 'AbortError'));
    this.#lost = new AbortController();
  }

  #tick(): void {
    this.#look();
    if (this.#id === null || this.#beating !== null || performance.now() - this.#beatAt < BEAT_MS) return;
    // What fails is tried again with the next one.
    this.#beating = this.#beat(this.#id)
      .catch(() => {})
      .finally(() => (this.#beating = null));
  }

  async #beat(id: number): Promise<void> {
    const session = this.#options.session();
    const sentAt = performance.now();
    this.#beatAt = sentAt;
    const seen = await session.rows(
      'UPDATE rowtrail.turn_holder SET seen_at = clock_timestamp() WHERE id = $1 RETURNING id',
      [id],
    );
    if (seen.length === 0) return this.isGone(id);
    if (this.#id === id) this.#seenAt = sentAt;
    await session.rows(DELETE_GONE, [id]);
    const left = await session.rows<{ readonly name: string; readonly gone: readonly number[] }>(LEFT);
    for (const { name, gone } of left) await this.#options.free(name, gone);
  }
}

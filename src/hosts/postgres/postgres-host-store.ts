import type { Clock } from '../clock.ts';
import { FRESH, type HostState } from '../host-state.ts';
import type { HostStore } from '../host-store.ts';
import { Holder } from './holder.ts';
import type { Asks, HostDatabase, HostSession } from './host-database.ts';
import { holdersOf, isNews, shifted, withHolder, withoutHolders } from './shifted-state.ts';

const CHANNEL = 'rowtrail_host';
/** Changes of a host that share a transaction at most. */
const MOST_TOGETHER = 64;
/** A message can be lost with the connection: then whoever waits looks again after this (milliseconds). */
const POLL_MS = 2000;

/** The time is read once the row is locked: others may have had it for a while. */
const LOCK = `WITH locked AS MATERIALIZED (SELECT state FROM rowtrail.host WHERE name = $1 FOR UPDATE)
  SELECT state, extract(epoch FROM clock_timestamp())::float8 * 1000 AS now FROM locked`;
const READ = `SELECT state, extract(epoch FROM clock_timestamp())::float8 * 1000 AS now FROM rowtrail.host WHERE name = $1`;
const WRITE = `WITH changed AS (
    UPDATE rowtrail.host SET state = $2, holders = $3
    WHERE name = $1 AND ($4 = 0 OR EXISTS (SELECT FROM rowtrail.turn_holder WHERE id = $4))
    RETURNING name)
  SELECT CASE WHEN $5 THEN pg_notify('${CHANNEL}', name)::text END FROM changed`;

interface Kept {
  readonly state: string;
  /** The database's time, in milliseconds since 1970. */
  readonly now: number;
}

interface Change {
  readonly change: (state: HostState) => readonly [HostState, unknown];
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
}

export interface PostgresHostStoreOptions {
  readonly database: HostDatabase;
  /** That of whoever takes the turns: it may be wrong by hours, all times are kept by the database's. */
  readonly clock: Clock;
  /** What the database's clock says, from what it is said to say; for tests that move it by hand. */
  readonly timeOf?: (told: number) => number;
}

/** States of hosts that all processes with the same database share. */
export interface SharedHostStore extends HostStore {
  /** Gives back what this process has. */
  close(): Promise<void>;
}

/**
 * Keeps the states of hosts in PostgreSQL: one row a host, changed under its lock. All times are the database's and are put into this
 * process' clock on their way. Turns end with the process that has them: a killed one's after some seconds, a stopped one's after 30 s.
 *
 * Whoever begins while nobody else is there knows of no pauses.
 * @throws what the database throws, where it stays away
 */
export function postgresHostStore(options: PostgresHostStoreOptions): SharedHostStore {
  return new PostgresHostStore(options);
}

class PostgresHostStore implements SharedHostStore {
  readonly #database: HostDatabase;
  readonly #clock: Clock;
  readonly #timeOf: (told: number) => number;
  readonly #holder: Holder;
  readonly #session: HostSession;
  readonly #waiting = new Map<string, Change[]>();
  readonly #working = new Map<string, Promise<void>>();
  readonly #news = new Map<string, PromiseWithResolvers<void>>();
  readonly #poll: NodeJS.Timeout;
  #closed = false;

  constructor({ database, clock, timeOf = (told) => told }: PostgresHostStoreOptions) {
    this.#database = database;
    this.#clock = clock;
    this.#timeOf = timeOf;
    this.#holder = new Holder({
      database,
      session: () => this.#session,
      free: (host, gone) => this.update(host, (state) => [withoutHolders(state, gone), undefined]),
    });
    this.#session = database.session(
      CHANNEL,
      (ask) => this.#holder.bind(ask),
      (host) => this.#tell(host),
    );
    // Nothing else may keep the process alive while it waits for its turn.
    this.#poll = setInterval(() => this.#tell(null), POLL_MS);
  }

  held(): AbortSignal {
    return this.#holder.held;
  }

  async read(host: string): Promise<HostState> {
    const [kept] = await this.#database.rows<Kept>(READ, [host]);
    return kept === undefined ? FRESH : this.#here(kept).state;
  }

  update<T>(host: string, change: (state: HostState) => readonly [HostState, T]): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('the states of hosts are closed'));
    return new Promise<T>((resolve, reject) => {
      const waiting = this.#waiting.get(host) ?? [];
      this.#waiting.set(host, waiting);
      waiting.push({ change, resolve, reject });
      if (!this.#working.has(host)) this.#working.set(host, this.#work(host));
    });
  }

  news(host: string): Promise<void> {
    const news = this.#news.get(host) ?? Promise.withResolvers<void>();
    this.#news.set(host, news);
    return news.promise;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#poll);
    await Promise.all(this.#working.values());
    await this.#holder.close();
    await this.#session.close();
    this.#tell(null);
  }

  /** @param host null for all: messages may have been missed */
  #tell(host: string | null): void {
    for (const name of host === null ? [...this.#news.keys()] : [host]) {
      const news = this.#news.get(name);
      this.#news.delete(name);
      news?.resolve();
    }
  }

  /** Does the changes that wait at a host. Those that wait at the same moment share a transaction. */
  async #work(host: string): Promise<void> {
    for (;;) {
      const together = this.#waiting.get(host)?.splice(0, MOST_TOGETHER) ?? [];
      if (together.length === 0) break;
      try {
        const answers = await this.#doTogether(host, together);
        for (const [at, { resolve }] of together.entries()) resolve(answers[at] as never);
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    this.#working.delete(host);
    this.#waiting.delete(host);
  }

  async #doTogether(host: string, changes: readonly Change[]): Promise<readonly unknown[]> {
    for (;;) {
      const number = await this.#holder.number();
      const answers = await this.#database.transaction((ask) => this.#change(ask, host, changes, number));
      if (answers !== null) return answers;
      this.#holder.isGone(number);
    }
  }

  /** @returns null where this process is not known any more: then nothing was changed */
  async #change(
    ask: Asks,
    host: string,
    changes: readonly Change[],
    number: number,
  ): Promise<readonly unknown[] | null> {
    const { state: before, ahead } = this.#here(await lock(ask, host));
    const answers: unknown[] = [];
    let after = before;
    for (const { change } of changes) {
      const [next, answer] = change(after);
      after = next;
      answers.push(answer);
    }
    if (after === before) return answers;
    const kept = withHolder(shifted(after, -ahead), number);
    const holders = holdersOf(kept);
    const changed = await ask.rows(WRITE, [
      host,
      JSON.stringify(kept),
      holders,
      holders.includes(number) ? number : 0,
      isNews(before, after),
    ]);
    return changed.length === 0 ? null : answers;
  }

  /** What is kept, by the clock of this process. What the answer took on its way makes times later here, never earlier. */
  #here({ state, now }: Kept): { readonly state: HostState; readonly ahead: number } {
    const ahead = this.#clock.now() - this.#timeOf(now);
    return { state: shifted(JSON.parse(state) as HostState, ahead), ahead };
  }
}

async function lock(ask: Asks, host: string): Promise<Kept> {
  for (;;) {
    const [kept] = await ask.rows<Kept>(LOCK, [host]);
    if (kept !== undefined) return kept;
    await ask.rows('INSERT INTO rowtrail.host (name, state) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      host,
      JSON.stringify(FRESH),
    ]);
  }
}

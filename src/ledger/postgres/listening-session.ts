import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Client } from 'pg';
import { type Asking, asking, type Store, type Value } from './store.ts';

/** Between two tries to connect again (milliseconds). */
const AGAIN_MS = 500;
/** A connection that answers nothing for so long is given up (milliseconds). */
const SILENT_MS = 5000;
const GOODBYE_MS = 1000;

/**
 * A connection that listens, and to which things can be bound that end with it. Nobody waits for it: what is asked while it is away is
 * refused, and it is made anew meanwhile.
 */
export class ListeningSession {
  readonly #store: Store;
  readonly #channel: string;
  readonly #opened: (ask: Asking) => Promise<void>;
  readonly #hear: (message: string | null) => void;
  #client: Client | null = null;
  #closed = false;
  readonly #closing = new AbortController();
  readonly #going: Promise<void>;

  /**
   * @param opened done each time it is connected
   * @param hear told each message, and null where some may have been missed
   */
  constructor(
    store: Store,
    channel: string,
    opened: (ask: Asking) => Promise<void>,
    hear: (message: string | null) => void,
  ) {
    this.#store = store;
    this.#channel = channel;
    this.#opened = opened;
    this.#hear = hear;
    this.#going = this.#keepGoing();
  }

  /** @throws what the connection throws, or that it is away just now */
  rows<Row>(text: string, values: readonly Value[] = []): Promise<readonly Row[]> {
    const client = this.#client;
    if (client === null) return Promise.reject(new Error('not connected just now'));
    return ask(client, (asks) => asks.rows<Row>(text, values));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#closing.abort();
    await end(this.#client);
    await this.#going;
  }

  async #keepGoing(): Promise<void> {
    while (!this.#closed) {
      const client = this.#store.ownConnection();
      const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
      try {
        await this.#open(client);
        await ended;
      } catch {
        await end(client);
      }
      this.#client = null;
      if (this.#closed) return;
      await sleepFor(AGAIN_MS, undefined, { ref: false, signal: this.#closing.signal }).catch(() => {});
    }
  }

  async #open(client: Client): Promise<void> {
    client.on('error', () => {});
    client.on('notification', ({ payload = '' }) => this.#hear(payload));
    await client.connect();
    await ask(client, async (asks) => {
      await client.query(`LISTEN ${this.#channel}`);
      await this.#opened(asks);
    });
    if (this.#closed) return end(client);
    this.#client = client;
    this.#hear(null);
  }
}

/** Asks, and ends the connection where it stays silent: who asked is told so then. */
async function ask<Result>(client: Client, work: (ask: Asking) => Promise<Result>): Promise<Result> {
  client.ref();
  const timer = setTimeout(() => void end(client), SILENT_MS);
  try {
    return await work(asking(client));
  } finally {
    clearTimeout(timer);
    client.unref();
  }
}

/** A peer that is out of reach says no good-bye. */
async function end(client: Client | null): Promise<void> {
  if (client === null) return;
  const isOver = new AbortController();
  const ended = client.end().catch(() => {});
  // Whoever closes waits for this, so it keeps the process alive.
  client.ref();
  await Promise.race([ended, sleepFor(GOODBYE_MS, undefined, isOver).catch(() => {})]);
  isOver.abort();
}

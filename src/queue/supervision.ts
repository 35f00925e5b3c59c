import type { PgBoss } from 'pg-boss';
import type { Store } from '../ledger/index.ts';

/**
 * Puts back what lost its worker. Every process that has the queue open looks for it; pg-boss lets one of them at a time, whichever comes
 * first, so no machine is special. All times are the server's.
 */
export class Supervision {
  readonly #boss: PgBoss;
  readonly #store: Store;
  readonly #leaseSeconds: number;
  readonly #timer: NodeJS.Timeout;
  #pass: Promise<void> | null = null;

  /** @param passSeconds between two looks; its timer keeps no process alive */
  constructor(boss: PgBoss, store: Store, leaseSeconds: number, passSeconds: number) {
    this.#boss = boss;
    this.#store = store;
    this.#leaseSeconds = leaseSeconds;
    this.#timer = setInterval(() => {
      this.#pass ??= this.#look()
        // The store is away: the next look is soon.
        .catch(() => {})
        .finally(() => {
          this.#pass = null;
        });
    }, passSeconds * 1000).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#pass;
  }

  async #look(): Promise<void> {
    // While the server was away nobody could give a sign of life: everybody gets the time for one.
    const [{ up = 0 } = {}] = await this.#store.rows<{ readonly up: number }>(
      'SELECT extract(epoch FROM now() - pg_postmaster_start_time())::float8 AS up',
    );
    if (up > this.#leaseSeconds) await this.#boss.supervise();
  }
}

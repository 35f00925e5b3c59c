import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Asking } from './asking.ts';

/** Between two signs of life (milliseconds). */
const BEAT_MS = 5000;
/** Without a sign of life for so long a worker counts as silent (seconds), and after an hour it is forgotten. */
const SILENT_S = 30;
const FORGOTTEN = "interval '1 hour'";

/** What a worker says of itself each time. */
export interface WorkerWork {
  /** Jobs that it works on. */
  readonly underWay: number;
  /** Jobs whose result is recorded, by what became of their downloads. */
  readonly done: number;
  readonly failed: number;
  /** Whether it ends what it began and takes nothing new. */
  readonly draining: boolean;
}

/** A worker as the others see it; times are the store's. */
export interface SeenWorker extends WorkerWork {
  readonly id: string;
  /** The machine's name. */
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly startedAt: Date;
  /** Seconds since its last sign of life. */
  readonly seenSecondsAgo: number;
  /** Whether it gave none for so long that it may be stopped, cut off or gone. */
  readonly silent: boolean;
}

const BEAT = `INSERT INTO rowtrail.worker (id, host, pid, version, under_way, done, failed, draining)
  VALUES ($1::uuid, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp(), under_way = excluded.under_way, done = excluded.done,
    failed = excluded.failed, draining = excluded.draining`;
const LIST = `SELECT *, seen_seconds_ago > ${SILENT_S} AS silent FROM (
    SELECT id::text AS id, host, pid, version, started_at, under_way, done, failed, draining,
      greatest(extract(epoch FROM clock_timestamp() - seen_at), 0)::float8 AS seen_seconds_ago
    FROM rowtrail.worker WHERE seen_at > clock_timestamp() - ${FORGOTTEN}) AS seen
  ORDER BY started_at, id`;

interface Listed extends Pick<
  SeenWorker,
  'id' | 'host' | 'pid' | 'version' | 'done' | 'failed' | 'draining' | 'silent'
> {
  readonly under_way: number;
  readonly started_at: Date;
  readonly seen_seconds_ago: number;
}

/** The workers of a store that gave a sign of life within the hour, the oldest first. */
export async function listWorkers(ask: Pick<Asking, 'rows'>): Promise<readonly SeenWorker[]> {
  const listed = await ask.rows<Listed>(LIST);
  return listed.map(({ under_way, started_at, seen_seconds_ago, ...same }) => ({
    ...same,
    underWay: under_way,
    startedAt: started_at,
    seenSecondsAgo: seen_seconds_ago,
  }));
}

export interface PresenceOptions {
  /** rowtrail's version. */
  readonly version: string;
  /** What it works on just now. */
  readonly work: () => WorkerWork;
}

/**
 * This process as a worker that others see, from now until it is closed. It is for people who look: no job depends on it, so what of it
 * fails is tried again with the next sign of life. It keeps no process alive. After a kill it is silent, and forgotten after an hour.
 */
export class WorkerPresence implements AsyncDisposable {
  readonly id = randomUUID();
  readonly #ask: Pick<Asking, 'rows'>;
  readonly #options: PresenceOptions;
  readonly #timer: NodeJS.Timeout;
  #telling: Promise<void> | null = null;
  #closed = false;

  private constructor(ask: Pick<Asking, 'rows'>, options: PresenceOptions) {
    this.#ask = ask;
    this.#options = options;
    this.#timer = setInterval(() => void this.tell().catch(() => {}), BEAT_MS).unref();
  }

  /** @param ask the store @throws RowtrailError where it cannot be reached */
  static async begin(ask: Pick<Asking, 'rows'>, options: PresenceOptions): Promise<WorkerPresence> {
    await ask.rows(`DELETE FROM rowtrail.worker WHERE seen_at < clock_timestamp() - ${FORGOTTEN}`);
    const presence = new WorkerPresence(ask, options);
    await presence.tell();
    return presence;
  }

  /** Tells what it works on, also out of turn: that it drains, say. */
  tell(): Promise<void> {
    this.#telling ??= this.#tell().finally(() => (this.#telling = null));
    return this.#telling;
  }

  /** It goes: nobody sees it any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#telling?.catch(() => {});
    await this.#ask.rows('DELETE FROM rowtrail.worker WHERE id = $1::uuid', [this.id]).catch(() => {});
  }

  async #tell(): Promise<void> {
    if (this.#closed) return;
    const { version, work } = this.#options;
    const { underWay, done, failed, draining } = work();
    await this.#ask.rows(BEAT, [this.id, hostname(), process.pid, version, underWay, done, failed, draining]);
  }
}

import type { PgBoss } from 'pg-boss';
import { RowtrailError } from '../errors/index.ts';
import type { Asking, Store } from '../ledger/index.ts';
import { DOWNLOAD_TYPES, type DownloadType } from '../row/index.ts';
import { loadPgBoss } from './load-pg-boss.ts';

/** pg-boss' tables stand beside the ledger's, in a schema of their own. */
export const SCHEMA = 'rowtrail_queue';
export type QueueName = DownloadType | 'dead';
const DEAD: QueueName = 'dead';

/** Workers that a job may kill. */
export const MOST_WORKERS_LOST = 3;
/** How long after a worker was lost its jobs are given to another, at least; doubled each time, so that those it had with them part ways (seconds). */
const REST_AFTER_LOSS_S = 1;
/** A download may take as long as it gives signs of life, and wait as long as it takes: pg-boss' own limits are put out of reach (seconds). */
export const TEN_YEARS_S = 315_360_000;
/** What is over is kept for so long (seconds): the ledger tells of it, and each look through the table would pass it. */
const KEPT_S = 600;
/** Between two passes that throw away what is over, on whichever machine (seconds). */
const MAINTENANCE_S = 300;

/** Sends pg-boss' statements over our own connections, or within a transaction. */
export function over(ask: Pick<Asking, 'send'>) {
  return {
    executeSql: (text: string, values?: unknown[]) =>
      ask.send(text, values !== undefined && values.length > 0 ? values : undefined),
  };
}

/**
 * Opens the tables of the queue, and makes them where there are none.
 * @param passSeconds between two looks for what has expired, on whichever machine
 * @throws RowtrailError `usage` where the library is missing, `ledger_newer` where a newer one made the tables
 */
export async function openTables(store: Store, passSeconds: number): Promise<PgBoss> {
  const { PgBoss, format } = await loadPgBoss();
  await refuseNewer(store, format);
  const boss = new PgBoss({
    db: over(store),
    schema: SCHEMA,
    schedule: false,
    supervise: false,
    monitorIntervalSeconds: passSeconds,
    maintenanceIntervalSeconds: MAINTENANCE_S,
    clock: quietClock,
  });
  // Its events repeat what calls are told by rejecting.
  boss.on('error', () => {});
  await boss.start();
  await makeQueues(boss);
  return boss;
}

async function refuseNewer(store: Store, known: number): Promise<void> {
  const there = await store.rows(
    `SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = '${SCHEMA}' AND c.relname = 'version'`,
  );
  if (there.length === 0) return;
  const [{ version = 0 } = {}] = await store.rows<{ readonly version: number }>(
    `SELECT max(version) AS version FROM ${SCHEMA}.version`,
  );
  if (version > known)
    throw new RowtrailError(
      'ledger_newer',
      `the queue in the store ${store.address.shown} has format ${version}, this rowtrail's pg-boss knows formats up to ${known}`,
    );
}

async function makeQueues(boss: PgBoss): Promise<void> {
  const known = new Set((await boss.getQueues()).map(({ name }) => name));
  const lasting = { retentionSeconds: TEN_YEARS_S, deleteAfterSeconds: KEPT_S };
  if (!known.has(DEAD)) await boss.createQueue(DEAD, { ...lasting, retryLimit: 2 ** 30 });
  for (const type of DOWNLOAD_TYPES)
    if (!known.has(type))
      await boss.createQueue(type, {
        ...lasting,
        policy: 'exclusive',
        retryLimit: MOST_WORKERS_LOST - 1,
        retryDelay: REST_AFTER_LOSS_S,
        retryBackoff: true,
        deadLetter: DEAD,
      });
}

/** Timers that keep no process alive. */
const quietClock = {
  now: () => Date.now(),
  setTimeout: (work: () => void, ms: number) => setTimeout(work, ms).unref(),
  clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
  setInterval: (work: () => void, ms: number) => setInterval(work, ms).unref(),
  clearInterval: (timer: unknown) => clearInterval(timer as NodeJS.Timeout),
};

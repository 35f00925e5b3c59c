import type { Asking } from '../ledger/index.ts';
import type { DownloadType } from '../row/index.ts';
import type { QueueCounts } from './queue.ts';
import { SCHEMA } from './tables.ts';

interface Counted {
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
  readonly dead: number;
  readonly next: number | null;
}

const COUNTED = `SELECT
    count(*) FILTER (WHERE name <> 'dead' AND state < 'active' AND start_after <= now()) AS waiting,
    count(*) FILTER (WHERE name <> 'dead' AND state < 'active' AND start_after > now()) AS delayed,
    count(*) FILTER (WHERE name <> 'dead' AND state = 'active') AS active,
    count(*) FILTER (WHERE name = 'dead') AS dead,
    extract(epoch FROM min(start_after) FILTER (WHERE name <> 'dead' AND state < 'active' AND start_after > now()) - now())::float8 AS next
  FROM ${SCHEMA}.job WHERE state <= 'active'`;
const OF_CSV = 'left(singleton_key, 36) = ';
const OF_TYPE = `name IN ('dead', `;

const NONE: QueueCounts = { waiting: 0, delayed: 0, active: 0, dead: 0, nextInSeconds: null };

/** The jobs of a store, of all its CSVs, without opening its queue: none where it has none yet. */
export async function queueCounts(ask: Pick<Asking, 'rows'>): Promise<QueueCounts> {
  const [{ there = false } = {}] = await ask.rows<{ readonly there: boolean }>(
    `SELECT to_regclass('${SCHEMA}.job') IS NOT NULL AS there`,
  );
  return there ? countJobs(ask) : NONE;
}

/** Counts the jobs that are not over, in one look through the table. @param csv a UUID */
export async function countJobs(
  ask: Pick<Asking, 'rows'>,
  csv?: string,
  type?: DownloadType,
): Promise<QueueCounts> {
  const values = [csv, type].filter((value) => value !== undefined);
  const ofCsv = csv === undefined ? '' : ` AND ${OF_CSV}$1`;
  const ofType = type === undefined ? '' : ` AND ${OF_TYPE}$${values.length})`;
  const [counted] = await ask.rows<Counted>(COUNTED + ofCsv + ofType, values);
  if (counted === undefined) throw new Error('a sum has one row');
  const { next, ...counts } = counted;
  return { ...counts, nextInSeconds: next };
}

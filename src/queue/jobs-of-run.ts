import type { Asking } from '../ledger/index.ts';
import { DOWNLOAD_TYPES, type DownloadType } from '../row/index.ts';
import { SCHEMA } from './tables.ts';

/*
 * What the run of a CSV does with that CSV's jobs alone, under its run lock. pg-boss knows nothing of CSVs, so these are statements of
 * ours; they leave a job as pg-boss' own would.
 */

const OF_CSV = 'left(singleton_key, 36) = ';
/** The number of the taking that a job is in once it is taken. */
const NEXT_COUNT = 'CASE WHEN j.started_on IS NOT NULL THEN j.retry_count + 1 ELSE j.retry_count END';
/** pg-boss' own name for what may be limited together, which nothing here is. It tells a run's takings from those of workers. */
const TAKEN_BY_RUN = `'run:' || `;

const TAKE = `WITH next AS (
    SELECT id FROM ${SCHEMA}.job WHERE name = $1 AND state < 'active' AND NOT blocked AND start_after <= now() AND ${OF_CSV}$2
    ORDER BY priority DESC, created_on LIMIT $3 FOR UPDATE SKIP LOCKED)
  UPDATE ${SCHEMA}.job j SET state = 'active', started_on = now(), heartbeat_on = now(), retry_count = ${NEXT_COUNT},
    group_id = ${TAKEN_BY_RUN}(${NEXT_COUNT})
  FROM next WHERE j.name = $1 AND j.id = next.id
  RETURNING j.id::text AS id, j.data, j.retry_count AS "retryCount", j.heartbeat_seconds AS "heartbeatSeconds"`;

/** A job as it was taken. */
export interface TakenRow {
  readonly id: string;
  readonly data: unknown;
  readonly retryCount: number;
  readonly heartbeatSeconds: number | null;
}

/** Takes jobs of one CSV, those that wait longest. */
export function takeOfCsv(
  ask: Asking,
  csv: string,
  downloadType: DownloadType,
  most: number,
): Promise<readonly TakenRow[]> {
  return ask.rows<TakenRow>(TAKE, [downloadType, csv, most]);
}

/**
 * Makes available what an earlier run took and has left behind; it counts as lost with its taker, so that what it had taken is no
 * longer its own.
 */
export async function releaseOfRun(ask: Asking, csv: string): Promise<void> {
  await ask.change(
    `UPDATE ${SCHEMA}.job SET state = 'retry', start_after = now(), group_id = NULL
     WHERE name = ANY($1) AND state = 'active' AND ${OF_CSV}$2 AND group_id = ${TAKEN_BY_RUN}retry_count`,
    [DOWNLOAD_TYPES, csv],
  );
}

/** Removes what nobody works on. @returns how many jobs that were */
export function withdrawOf(ask: Asking, csv: string, untriedOnly: boolean): Promise<number> {
  const untried = untriedOnly ? ` AND NOT coalesce(data->'options' ?| ARRAY['tries', 'repeats'], false)` : '';
  return ask.change(
    `DELETE FROM ${SCHEMA}.job WHERE name = ANY($1) AND state < 'active' AND ${OF_CSV}$2${untried}`,
    [DOWNLOAD_TYPES, csv],
  );
}

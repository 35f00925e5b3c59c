import type { Asking } from '../ledger/index.ts';
import { type QueueName, SCHEMA } from './tables.ts';

/*
 * pg-boss itself puts jobs back by their ids alone, whoever has them by now; and what it counts as a failure would cost a try. So this is
 * the one change of its tables that is ours: what it does, but only for what is still this taker's.
 */
const GIVE_BACK = `UPDATE ${SCHEMA}.job SET state = 'created', started_on = NULL, heartbeat_on = NULL, group_id = NULL
  WHERE name = $1 AND id = ANY($2::uuid[]) AND state = 'active' AND id::text || ':' || retry_count = ANY($3::text[])`;

/** Makes jobs available again as if nobody had taken them. Harmless when it is done twice. */
export async function giveBackTo(
  ask: Asking,
  name: QueueName,
  jobs: readonly { readonly id: string; readonly retryCount: number }[],
): Promise<void> {
  if (jobs.length === 0) return;
  const takings = jobs.map(({ id, retryCount }) => `${id}:${retryCount}`);
  await ask.change(GIVE_BACK, [name, jobs.map(({ id }) => id), takings]);
}

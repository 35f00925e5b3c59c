import type { AlongsideKind, Asking } from '../ledger/index.ts';
import { JobLostError } from './job-lost-error.ts';
import type { TakenJob } from './queue.ts';
import { SCHEMA } from './tables.ts';

/** Whoever would give such a job to another waits until the transaction that asked has ended. */
const HELD = `SELECT id::text AS id FROM ${SCHEMA}.job
  WHERE name = ANY($1::text[]) AND id = ANY($2::uuid[]) AND state = 'active' AND id::text || ':' || retry_count = ANY($3::text[])
  ORDER BY id FOR SHARE`;

/**
 * Lets a change happen only while its job is still this taker's: one that comes back after it was given up must not begin anew what
 * another works on, or has completed. The change of a job that is lost fails with a JobLostError; the others that share the transaction are made.
 */
export const holding: AlongsideKind<TakenJob> = async (ask: Asking, jobs) => {
  const held = await ask.rows<{ readonly id: string }>(HELD, [
    [...new Set(jobs.map(({ downloadType }) => downloadType))],
    jobs.map(({ id }) => id),
    jobs.map(({ id, retryCount }) => `${id}:${retryCount}`),
  ]);
  const ids = new Set(held.map(({ id }) => id));
  return new Map(jobs.filter(({ id }) => !ids.has(id)).map((job) => [job, new JobLostError([job.id])]));
};

import type { AlongsideKind } from '../ledger/index.ts';
import { JobLostError } from './job-lost-error.ts';
import type { Queue, TakenJob } from './queue.ts';

/**
 * Completes jobs in the transactions that record their results. A job that is another worker's by now is refused: its result is not
 * recorded, and fails with a JobLostError; the others that share the transaction are.
 */
export function completionBy(queue: Queue): AlongsideKind<TakenJob> {
  return async (ask, jobs) => {
    try {
      await queue.completeIn(ask, jobs);
      return new Map();
    } catch (error) {
      // Nothing was changed of what was lost, and the rest was completed.
      if (!(error instanceof JobLostError)) throw error;
      const lost = new Set(error.jobIds);
      return new Map(jobs.filter(({ id }) => lost.has(id)).map((job) => [job, new JobLostError([job.id])]));
    }
  };
}

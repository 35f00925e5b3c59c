import { RowtrailError } from '../errors/index.ts';

/** Jobs were given to another worker, or are done, since the one that asks took them: its result does not count. */
export class JobLostError extends RowtrailError {
  override readonly name = 'JobLostError';
  readonly jobIds: readonly string[];

  constructor(jobIds: readonly string[]) {
    super(
      'locked',
      `${jobIds.length === 1 ? 'a job is' : `${jobIds.length} jobs are`} not this worker's any more: it gave no sign of life for so long that another one has taken over`,
    );
    this.jobIds = jobIds;
  }
}

import type { DownloadJob } from '../../queue/index.ts';
import { RowContext } from '../../row/index.ts';
import { targetsOf } from '../planning/decide.ts';
import type { WorkflowOptions } from '../options.ts';
import type { Task } from '../planning/tasks.ts';
import { jobOptions, type RunSays } from './job-options.ts';

/** A run's task as a job for whichever worker takes it. Pure. @param csv the CSV's key in the store */
export function jobOf(task: Task, csv: string, runId: string, run: RunSays): DownloadJob {
  const { row, downloadType, link, refreshes } = task;
  const { rowId, rowIndex, type, name, email } = row.context;
  const options = { ...(Object.keys(run).length > 0 && { run }), ...(refreshes && { refreshes }) };
  return {
    csv,
    row: { rowId, rowIndex, type, name, email, line: row.line },
    downloadType,
    link,
    runId,
    ...(Object.keys(options).length > 0 && { options }),
  };
}

/** The task of a job. Pure. @param options the run's and the worker's together */
export function taskOf(job: DownloadJob, options: WorkflowOptions): Task {
  const { row, downloadType, link } = job;
  const { line, ...fields } = row;
  const links = { youtube: '', drive: '', [downloadType]: link };
  const context = new RowContext(fields);
  const { refreshes, tries } = jobOptions(job);
  return {
    row: { context, line, links },
    downloadType,
    link,
    before: refreshes ? 'completed' : tries > 0 ? 'failed' : 'pending',
    needsHost: targetsOf({ links }, downloadType, options).error === null,
    refreshes,
    edits: 0,
  };
}

/** The next attempt at the same download. Pure. @param change what it knows of the ones before */
export function jobAfter(
  job: DownloadJob,
  change: { readonly tries?: number; readonly repeats?: number },
): DownloadJob {
  const { csv, row, downloadType, link, runId, item, options } = job;
  return {
    csv,
    row,
    downloadType,
    link,
    runId,
    ...(item !== undefined && { item }),
    options: { ...options, ...change },
  };
}

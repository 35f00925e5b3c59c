import { createHash } from 'node:crypto';
import { RowtrailError } from '../errors/index.ts';
import { fromStored, toStored } from '../ledger/index.ts';
import type { DownloadJob } from './queue.ts';

/** The format of a job's data. A worker leaves what a newer rowtrail wrote to workers that know it. */
const FORMAT = 1;

/** An index of PostgreSQL refuses texts above some 2,700 bytes; a row_id may be as long as it likes. */
const LONGEST_KEY = 300;

/** What pg-boss keeps of a job. */
export type JobData = Readonly<DownloadJob> & { readonly format: number };

/** By this key a job is one of its kind while it waits or is worked on. It begins with the CSV's key. */
export function singletonKey({ csv, row, item = '' }: DownloadJob): string {
  const key = `${csv}:${item.length}:${item}${row.rowId}`;
  const short = key.length > LONGEST_KEY ? `${csv}:${createHash('sha256').update(key).digest('hex')}` : key;
  return toStored(short).toWellFormed();
}

/** A job as PostgreSQL's JSON can hold it: no character is lost. */
export function toJobData(job: DownloadJob): JobData {
  return { format: FORMAT, ...(eachText(job, (text) => toStored(text).toWellFormed()) as DownloadJob) };
}

/** @throws RowtrailError `ledger_newer` where a newer rowtrail wrote it */
export function fromJobData(data: unknown): DownloadJob {
  const { format, ...job } = data as JobData;
  if (format !== FORMAT)
    throw new RowtrailError(
      'ledger_newer',
      `a job of the queue has format ${String(format)}, this rowtrail knows format ${FORMAT}: it is left to newer workers`,
    );
  return eachText(job, fromStored) as DownloadJob;
}

function eachText(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each: unknown) => eachText(each, change));
  const changed: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) changed[key] = eachText(each, change);
  return changed;
}

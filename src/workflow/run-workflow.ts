import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { rowSlices } from '../csv/index.ts';
import { fileError, RowtrailError } from '../errors/index.ts';
import { isBucketAddress, prepareStoring } from '../files/index.ts';
import { type CsvTracker, lendTracker, resetDownloads } from '../tracker/index.ts';
import { prepareHttp } from '../sources/index.ts';
import { systemClock } from '../hosts/index.ts';
import { hostLimits } from './pacing/host-limits.ts';
import { givenWorkflowOptions } from './option-names.ts';
import { DEFAULTS, trackingOf, type WorkflowOptions } from './options.ts';
import { Run } from './run.ts';
import { prepareRunLog } from './reporting/run-log.ts';
import type { RunSummary } from './reporting/run-summary.ts';

/**
 * The production workflow: adds the tracking columns, works off what is pending, records each result (durable at once),
 * writes the status back into the CSV as it goes, and reports.
 *
 * Killed at any moment it loses nothing that was recorded: the next run, or any command that opens the CSV, writes it in.
 * What a host or a link does never rejects; it is in the summary.
 * @param csvPath the CSV to work off and to write into.
 * @throws RowtrailError when the CSV is not usable or not writable, another run works on it, or an option is none; nothing was fetched then.
 */
export async function runWorkflow(csvPath = 'output.csv', given: WorkflowOptions = {}): Promise<RunSummary> {
  const options = givenWorkflowOptions(given);
  await using lent = await lendTracker(csvPath, {
    ...trackingOf(options),
    onWait: (message) => options.onEvent?.({ kind: 'note', message }),
  });
  const { tracker } = lent;
  tracker.prepareLedger();
  const fetchesDrive = (await validate(tracker)) && options.skipDrive !== true && options.download !== false;
  if (fetchesDrive) prepareDrive(options);
  prepareRunLog();
  await checkWritable(tracker.place.csv);
  await using lock = await takeRunLock(tracker);
  void lock;
  await using limits = hostLimits(await tracker.storeDatabase(), options.clock ?? systemClock);
  const run = new Run(csvPath, tracker, options, limits);
  // Awaited here: the lock and the tracker are given back when this function is left.
  return await run.whole(async () => {
    if (options.reset === true) await resetChosen(csvPath, options);
  });
}

/** What Drive downloads need starts while CSV and ledger are brought together. */
function prepareDrive({ driveDir = DEFAULTS.driveDir }: WorkflowOptions): void {
  prepareHttp();
  if (!isBucketAddress(driveDir)) prepareStoring();
}

/** Refuses a CSV that is none before anything is made beside it. @returns whether it has Drive links */
async function validate(tracker: CsvTracker): Promise<boolean> {
  await using snapshot = await tracker.snapshot();
  const { index } = snapshot;
  for await (const { from, to } of rowSlices(index.rowCount))
    for (let row = from; row < to; row++) if (index.hasLink(row, 'drive')) return true;
  return false;
}

/** Under the run's lock: what another run works on is not taken from it. */
async function resetChosen(csvPath: string, options: WorkflowOptions): Promise<void> {
  const { skipYoutube = false, skipDrive = false } = options;
  if (skipYoutube && skipDrive) return;
  const downloadType = skipYoutube ? 'drive' : skipDrive ? 'youtube' : 'both';
  await resetDownloads('all', csvPath, { downloadType, ...trackingOf(options) });
}

/** The lock that only one run of a CSV holds. */
async function takeRunLock(tracker: CsvTracker) {
  const lock = await tracker.tryRunLock();
  if (lock !== null) return lock;
  throw new RowtrailError('locked', 'another rowtrail run works on this CSV', { file: tracker.place.csv });
}

async function checkWritable(csv: string): Promise<void> {
  try {
    await access(csv, constants.R_OK | constants.W_OK);
    await access(dirname(csv), constants.W_OK);
  } catch (error) {
    const { message } = fileError(error, 'the CSV or its folder cannot be written to');
    throw new RowtrailError('csv_not_writable', message, { file: csv, error });
  }
}

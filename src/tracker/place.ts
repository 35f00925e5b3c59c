import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileError, RowtrailError } from '../errors/index.ts';

/** Where the things beside a CSV stand. */
export interface Place {
  /** The CSV's own absolute path, links followed: two names of one file share one ledger. */
  readonly csv: string;
  /** `.rowtrail/<name of the CSV>/` beside the CSV. */
  readonly folder: string;
  readonly ledger: string;
  /** Which CSV it is in a store, where its ledger is in one. */
  readonly storeNote: string;
  readonly backups: string;
  readonly runs: string;
  /** Which hosts are paused, as the last run noted it. */
  readonly pausedHosts: string;
  /** How far the present run is, or how the last one ended. */
  readonly runNote: string;
  /** What others want of the present run. */
  readonly runWish: string;
  readonly writeLock: string;
  readonly runLock: string;
}

/** The folder beside a CSV that holds the ledgers of all CSVs there. */
export const LEDGER_FOLDER = '.rowtrail';

/** @throws RowtrailError `file_missing` when there is no such CSV; `usage` where the path is no text. */
export async function placeOf(csvPath: string): Promise<Place> {
  if (typeof csvPath !== 'string')
    throw new RowtrailError('usage', `the path of the CSV is no text: ${String(csvPath)}`);
  let csv: string;
  try {
    csv = await realpath(resolve(csvPath));
  } catch (error) {
    throw fileError(error, 'there is no such CSV file', { file: csvPath });
  }
  return placeInFolder(csv, join(dirname(csv), LEDGER_FOLDER, basename(csv)));
}

function placeInFolder(csv: string, folder: string): Place {
  return {
    csv,
    folder,
    ledger: join(folder, 'ledger.db'),
    storeNote: join(folder, 'store.json'),
    backups: join(folder, 'backups'),
    runs: join(folder, 'runs'),
    pausedHosts: join(folder, 'paused-hosts.json'),
    runNote: join(folder, 'run-state.json'),
    runWish: join(folder, 'run-control.json'),
    writeLock: join(folder, 'write.lock'),
    runLock: join(folder, 'run.lock'),
  };
}

import { CsvChangedError } from '../csv/index.ts';
import { NotInCsvError, RowtrailError } from '../errors/index.ts';
import type { DownloadState } from '../ledger/index.ts';
import { DOWNLOAD_TYPES, type DownloadType } from '../row/index.ts';
import { blockedError } from './blocked-error.ts';
import { isShown } from './is-shown.ts';
import type { TrackerParts } from './tracker-parts.ts';

/**
 * Projects, and makes sure that the row's own last change is in the CSV.
 * @param recorded the state that must not have been replaced by a newer generation meanwhile
 * @throws NotInCsvError when it is recorded but cannot be in the CSV.
 */
export async function projectRow(
  parts: TrackerParts,
  rowId: string,
  recorded: DownloadState | undefined,
): Promise<void> {
  const { place, ledger, writeBack } = parts;
  try {
    await writeBack.project();
  } catch (error) {
    if (!(error instanceof RowtrailError)) throw error;
    if (!(await shows(parts, rowId))) throw notYet(error, rowId);
  }
  const row = await (await ledger.get()).row(rowId);
  const blocked = row?.blocked ?? null;
  const concerns = (type: DownloadType) => recorded === undefined || recorded.downloadType === type;
  const isOther = DOWNLOAD_TYPES.some((type) => blocked === `type_mismatch_${type}` && !concerns(type));
  if (blocked !== null && !isOther) throw blockedError(blocked, rowId, place.csv);
  const now = recorded && row?.downloads[recorded.downloadType];
  if (now && now.generation !== recorded.generation) throw blockedError('begun_anew', rowId, place.csv);
}

/** Whether the row is in the CSV as it was recorded, whatever became of the projection. */
async function shows({ csv, ledger }: TrackerParts, rowId: string): Promise<boolean> {
  try {
    const row = await (await ledger.get()).row(rowId);
    if (row === null) return false;
    await using snapshot = await csv.snapshot();
    return await isShown(snapshot, row);
  } catch (error) {
    if (!(error instanceof RowtrailError || error instanceof CsvChangedError)) throw error;
    return false;
  }
}

function notYet(error: RowtrailError, rowId: string): NotInCsvError {
  const message = `the result is recorded, but not in the CSV yet: ${error.message}`;
  return new NotInCsvError(error.code, message, { rowId, error });
}

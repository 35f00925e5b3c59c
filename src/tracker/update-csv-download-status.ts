import { asRowContext, DownloadResult, type DownloadType } from '../row/index.ts';
import { checkDownloadType, checkResult } from './check-arguments.ts';
import type { TrackerOptions } from './csv-tracker.ts';
import { withTracker } from './open-tracker.ts';
import { itemsOf } from './items-of.ts';
import { outcomeOf } from './outcome.ts';

/**
 * Records a result and puts it into the CSV: when it resolves, the result is durable *and* in the CSV. Calls that wait at
 * the same time, in this process or another, share one rewrite. Missing tracking columns are added.
 * @param _rowIndex a hint only; the row is found by `result.rowContext.rowId`, wherever it stands by now.
 * @throws RowtrailError before anything is recorded, when the CSV or the download type is not usable.
 * @throws NotInCsvError when the result is durable in the ledger but cannot be in the CSV (not writable, row gone, type
 *   changed); a later write-back makes it good. Also when a person reset the download or changed its link meanwhile: then
 *   the result is in the history only.
 */
export async function updateCsvDownloadStatus(
  _rowIndex: number,
  downloadType: DownloadType,
  result: DownloadResult,
  csvPath = 'output.csv',
  options: TrackerOptions = {},
): Promise<void> {
  checkDownloadType(downloadType);
  checkResult(result);
  const typed = new DownloadResult({ ...result, downloadType });
  await withTracker(
    csvPath,
    async (tracker) => {
      const { rowId, type, name, email } = asRowContext(result.rowContext);
      await tracker.prepareRow(rowId);
      const known = (await (await tracker.ledger()).row(rowId))?.downloads[downloadType];
      const now = new Date().toISOString();
      const recorded = await tracker.record({
        row: { rowId, type, name, email },
        downloadType,
        link: null,
        generation: null,
        lease: null,
        startedAt: now,
        endedAt: now,
        items: itemsOf(typed, known?.mediaIds ?? []),
        outcome: outcomeOf(typed),
        folder: null,
        runId: null,
      });
      await tracker.projectRow(rowId, recorded);
    },
    options,
  );
}

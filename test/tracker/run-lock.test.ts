import { expect, it } from 'vitest';
import { getDownloadStatusSummary, updateCsvDownloadStatus } from '../../src/index.ts';
import { CsvTracker } from '../../src/tracker/csv-tracker.ts';
import { contextOf, csvFile, rowOf, success } from './fixtures.ts';

it('a run is not refused because somebody asks for the status just then', async () => {
  const csv = await csvFile();
  await updateCsvDownloadStatus(0, 'youtube', success(contextOf(await rowOf(csv, '007'))), csv);
  const tracker = await CsvTracker.open(csv);
  let refused = 0;
  for (let n = 0; n < 20; n++) {
    let settled = false;
    const status = getDownloadStatusSummary(csv).finally(() => (settled = true));
    while (!settled) {
      const lock = await tracker.tryRunLock();
      if (lock === null) refused++;
      await lock?.release();
    }
    await status;
  }
  await tracker.close();
  expect(refused).toBe(0);
});

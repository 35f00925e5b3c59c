// Updates every other row of a CSV, one after the other: `update-some.ts CSV 0|1`.
import { DownloadResult, getPendingDownloads, updateCsvDownloadStatus } from '../../src/index.ts';

const [, , csv = '', half] = process.argv;
const rows = await getPendingDownloads(csv);
for (const row of rows) {
  if (Number(row.rowId.slice(1)) % 2 !== Number(half)) continue;
  const result = new DownloadResult({
    success: true,
    filesDownloaded: [`${row.rowId}.mp4`],
    mediaId: 'aaaaaaaaaaa',
    errorMessage: null,
    metadataFile: null,
    rowContext: row,
  });
  await updateCsvDownloadStatus(row.rowIndex, 'youtube', result, csv);
}

// The usage examples of the API reference, as a whole program: works off the output.csv of the working directory.
import { readFile } from 'node:fs/promises';
import papaparse from 'papaparse';
import {
  downloadYoutubeWithContext,
  DownloadMonitor,
  ensureTrackingColumns,
  getPendingDownloads,
  updateCsvDownloadStatus,
} from '../../src/index.ts';

await ensureTrackingColumns();

// Get pending downloads
const pending = await getPendingDownloads('output.csv', { downloadType: 'both', includeFailed: true });
const { data } = papaparse.parse<Record<string, string>>(await readFile('output.csv', 'utf8'), {
  header: true,
});

// Process each pending download
for (const rowContext of pending) {
  const row = data[rowContext.rowIndex];
  if (row?.['youtube_playlist'] !== undefined && row['youtube_status'] === 'pending') {
    const result = await downloadYoutubeWithContext(row['youtube_playlist'], rowContext);
    await updateCsvDownloadStatus(rowContext.rowIndex, 'youtube', result);
  }
}

// Monitor system health
const monitor = new DownloadMonitor();
const metrics = await monitor.collectMetrics();
const alerts = await monitor.checkAlerts(metrics);
if (alerts.length > 0) process.stdout.write(`${alerts.length} alerts triggered!\n`);

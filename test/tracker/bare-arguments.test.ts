import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  DownloadMonitor,
  DownloadResult,
  ensureTrackingColumns,
  getDownloadStatusSummary,
  getFailedDownloads,
  getPendingDownloads,
  iteratePending,
  resetDownloads,
  resetDownloadStatus,
  RowContext,
  runWorkflow,
  updateCsvDownloadStatus,
} from '../../src/index.ts';
import { contextOf, csvFile, failure, rowOf } from './fixtures.ts';

/** What a caller without a type checker can pass. */
const bare = (value: unknown) => value as never;
/** James, with both links. */
const james = async (csv: string) => contextOf(await rowOf(csv, '007'));
const ids = (rows: readonly { readonly rowId: string }[]) => rows.map(({ rowId }) => rowId);

describe('calls without a type checker', () => {
  it('take null, whole or in a field, as left out', async () => {
    const csv = await csvFile();
    const all = ids(await getPendingDownloads(csv));
    const nothing = bare({ downloadType: null, includeFailed: null, retryAttempts: null, columns: null });
    await updateCsvDownloadStatus(0, 'drive', failure(await james(csv)), csv, bare(null));
    for (const options of [bare(null), nothing]) {
      expect(ids(await getPendingDownloads(csv, options))).toEqual(all);
      expect(ids(await Array.fromAsync(iteratePending(csv, options)))).toEqual(all);
      expect(ids(await getFailedDownloads(csv, options))).toEqual(['007']);
      expect(await getDownloadStatusSummary(csv, options)).toMatchObject({ drive: { failed: 1 } });
      expect(await ensureTrackingColumns(csv, options)).toBe(false);
      const monitor = new DownloadMonitor({ csvPath: csv, alerts: bare(null), youtubeDir: bare(null) });
      expect(await monitor.generateReport(options)).toMatchObject({ csvPath: csv });
    }
    expect(await resetDownloads(['007'], csv, nothing)).toEqual(['007']);
  });

  it('are refused where options are no object, and where the path is no text: nothing else is silently meant', async () => {
    const csv = await csvFile();
    const before = await readFile(csv);
    for (const wrong of ['youtube', 3, true, ['youtube']].map(bare)) {
      const usage = { code: 'usage', message: expect.stringContaining('{ downloadType:') };
      await expect(getPendingDownloads(csv, wrong)).rejects.toMatchObject(usage);
      await expect(Array.fromAsync(iteratePending(csv, wrong))).rejects.toMatchObject(usage);
      await expect(getFailedDownloads(csv, wrong)).rejects.toMatchObject(usage);
      await expect(ensureTrackingColumns(csv, wrong)).rejects.toMatchObject(usage);
      await expect(runWorkflow(csv, wrong)).rejects.toMatchObject(usage);
    }
    for (const wrong of [null, 5, {}].map(bare))
      await expect(ensureTrackingColumns(wrong)).rejects.toMatchObject({ code: 'usage' });
    expect(await readFile(csv)).toEqual(before);
  });

  it('have to say what is reset', async () => {
    const csv = await csvFile();
    await updateCsvDownloadStatus(0, 'drive', failure(await james(csv)), csv);
    for (const type of [undefined, null, 'all'].map(bare))
      await expect(resetDownloadStatus('007', type, csv)).rejects.toMatchObject({ code: 'usage' });
    expect((await rowOf(csv, '007'))['drive_status']).toBe('failed');
  });

  it('name rows by number, too: 7 is the row 7, and never the row 007', async () => {
    const csv = await csvFile();
    expect(await resetDownloadStatus(bare(7), 'both', csv)).toBe(false);
    expect(new RowContext({ ...(await james(csv)), rowId: bare(7) }).toFilenameSuffix()).toMatch(/^_row7_/);
  });

  it('leave out what a row or a result has nothing for', async () => {
    const csv = await csvFile();
    const row = new RowContext(bare({ rowId: '007', rowIndex: 0, type: (await james(csv)).type }));
    expect(row).toMatchObject({ name: '', email: '' });
    const result = new DownloadResult(bare({ success: false, errorMessage: 'cut off', rowContext: row }));
    expect(result).toMatchObject({ filesDownloaded: [], mediaId: null, metadataFile: null });
    expect(result.getSummary()).toMatchObject({ files: '', filesCount: 0, mediaId: null });
    await updateCsvDownloadStatus(0, 'drive', result, csv);
    expect((await rowOf(csv, '007'))['download_errors']).toContain('cut off');
    await updateCsvDownloadStatus(0, 'drive', bare({ success: true, rowContext: { ...row } }), csv);
    expect((await rowOf(csv, '007'))['drive_status']).toBe('completed');
  });

  it('are refused for a result that names no row', async () => {
    const csv = await csvFile();
    const before = await readFile(csv);
    for (const result of [null, undefined, {}, { success: true, rowContext: {} }].map(bare))
      await expect(updateCsvDownloadStatus(0, 'drive', result, csv)).rejects.toMatchObject({ code: 'usage' });
    expect(await readFile(csv)).toEqual(before);
  });
});

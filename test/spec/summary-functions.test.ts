import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  type DownloadStatusSummary,
  findRowByFile,
  getDownloadStatusSummary,
  RowContext,
  updateCsvDownloadStatus,
} from '../../src/index.ts';
import { contextOf, csvFile, failure, rowOf, success } from '../tracker/fixtures.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { coverChapter } from './chapter.ts';
import { HEADER, inFolderOf, PEOPLE, putDownload } from './output-csv.ts';

coverChapter('summary-functions');

/** After Ada's video arrived and her file failed. */
async function summary(): Promise<DownloadStatusSummary> {
  const csv = await csvFile([HEADER, ...PEOPLE]);
  const ada = contextOf(await rowOf(csv, '007'));
  await updateCsvDownloadStatus(0, 'youtube', success(ada), csv);
  await updateCsvDownloadStatus(0, 'drive', failure(ada), csv);
  return getDownloadStatusSummary(csv);
}

const SIDECAR = {
  source_csv_row_id: '007',
  source_csv_index: 0,
  personality_type: 'FF-Fi/Se-CP/B(S) #4',
  person_name: 'Ada',
  person_email: 'ada@example.org',
  download_timestamp: '2025-01-01T00:00:00Z',
  tracking_version: '1.0',
};
const ADA = { rowId: '007', rowIndex: 0, type: 'FF-Fi/Se-CP/B(S) #4', name: 'Ada', email: 'ada@example.org' };

it('get_download_status_summary(csv_path): getDownloadStatusSummary(csvPath)', async () => {
  expect(await summary()).toEqual({
    totalRows: 4,
    youtube: { hasContent: 2, pending: 1, completed: 1, failed: 0 },
    drive: { hasContent: 2, pending: 1, completed: 0, failed: 1 },
  });
});

it("get_download_status_summary(csv_path='output.csv'): getDownloadStatusSummary()", async () => {
  await inFolderOf([HEADER, ...PEOPLE.slice(0, 2)]);
  expect(await getDownloadStatusSummary()).toEqual({
    totalRows: 2,
    youtube: { hasContent: 2, pending: 2, completed: 0, failed: 0 },
    drive: { hasContent: 1, pending: 1, completed: 0, failed: 0 },
  });
});

it('total_rows: totalRows', async () => expect((await summary()).totalRows).toBe(4));
it('youtube.has_content: youtube.hasContent', async () =>
  expect((await summary()).youtube.hasContent).toBe(2));
it('youtube.pending: youtube.pending', async () => expect((await summary()).youtube.pending).toBe(1));
it('youtube.completed: youtube.completed', async () => expect((await summary()).youtube.completed).toBe(1));
it('drive.has_content: drive.hasContent', async () => expect((await summary()).drive.hasContent).toBe(2));
it('drive.pending: drive.pending', async () => expect((await summary()).drive.pending).toBe(1));
it('drive.failed: drive.failed', async () => expect((await summary()).drive.failed).toBe(1));

it('youtube.failed: youtube.failed', async () => {
  const csv = await csvFile([HEADER, ...PEOPLE]);
  await updateCsvDownloadStatus(1, 'youtube', failure(contextOf(await rowOf(csv, 'NA'))), csv);
  expect((await getDownloadStatusSummary(csv)).youtube).toMatchObject({ pending: 1, failed: 1 });
});

it('drive.completed: drive.completed', async () => {
  const csv = await csvFile([HEADER, ...PEOPLE]);
  await updateCsvDownloadStatus(2, 'drive', success(contextOf(await rowOf(csv, '3'))), csv);
  expect((await getDownloadStatusSummary(csv)).drive).toMatchObject({ pending: 1, completed: 1 });
});

it('find_row_by_file(filename, downloads_dir) -> Optional[RowContext]: findRowByFile(filename, downloadsDir)', async () => {
  const folder = join(await tempFolder(), 'elsewhere');
  await putDownload(folder, 'clip_row007', SIDECAR);
  const found = await findRowByFile('clip_row007.mp4', folder);
  expect(found).toBeInstanceOf(RowContext);
  expect({ ...found }).toEqual(ADA);
  expect({ ...(await findRowByFile('/some/path/clip_row007.mp4', folder)) }).toEqual(ADA);
  expect(await findRowByFile('nobodys.mp4', folder)).toBeNull();
  expect(await findRowByFile('clip_row007.mp4', join(folder, 'none'))).toBeNull();
});

it("find_row_by_file(downloads_dir='youtube_downloads'): findRowByFile(filename)", async () => {
  const folder = await inFolderOf();
  await putDownload(join(folder, 'youtube_downloads'), 'clip', SIDECAR);
  expect({ ...(await findRowByFile('clip.mp4')) }).toEqual(ADA);
});

it('find_row_by_file: searches metadata files: findRowByFile', async () => {
  const folder = await tempFolder();
  // Neither ledger nor CSV is there, and the name says nothing.
  await putDownload(folder, 'one', SIDECAR);
  await putDownload(folder, 'two', { ...SIDECAR, source_csv_row_id: 'NA', person_name: 'Bob' });
  await mkdir(join(folder, 'bare'));
  await writeFile(join(folder, 'bare', 'three_row007_T.mp4'), 'a video without a sidecar');
  expect(await findRowByFile('one.mp4', folder)).toMatchObject({ rowId: '007', name: 'Ada' });
  expect(await findRowByFile('two.mp4', folder)).toMatchObject({ rowId: 'NA', name: 'Bob' });
  expect(await findRowByFile('three_row007_T.mp4', join(folder, 'bare'))).toBeNull();
});

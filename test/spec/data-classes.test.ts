import { expect, it } from 'vitest';
import { DownloadResult, getPendingDownloads, RowContext } from '../../src/index.ts';
import { coverChapter } from './chapter.ts';
import { inFolderOf } from './output-csv.ts';

coverChapter('data-classes');

/** The rows as they come out of a CSV. */
async function rows(): Promise<readonly [RowContext, RowContext]> {
  await inFolderOf();
  const [ada, bob] = await getPendingDownloads('output.csv');
  if (ada === undefined || bob === undefined) throw new Error('rows are missing');
  return [ada, bob];
}

const row = new RowContext({
  rowId: '007',
  rowIndex: 4,
  type: 'FF-Fi/Se-CP/B(S) #4',
  name: 'Ada',
  email: 'a@b.org',
});
const FIELDS = {
  success: true,
  filesDownloaded: ['clip.mp4', 'clip.en.vtt'],
  mediaId: 'aaaaaaaaaaa',
  errorMessage: null,
  metadataFile: 'clip_metadata.json',
  rowContext: row,
} as const;
const result = new DownloadResult(FIELDS);
const failed = new DownloadResult({
  ...FIELDS,
  success: false,
  filesDownloaded: [],
  mediaId: null,
  errorMessage: 'the connection broke',
  metadataFile: null,
});

it('RowContext: new RowContext(fields)', () => {
  expect({ ...row }).toEqual({
    rowId: '007',
    rowIndex: 4,
    type: 'FF-Fi/Se-CP/B(S) #4',
    name: 'Ada',
    email: 'a@b.org',
  });
});

it('RowContext.row_id: RowContext#rowId', async () => {
  expect((await rows()).map(({ rowId }) => rowId)).toEqual(['007', 'NA']);
});

it('RowContext.row_index: RowContext#rowIndex', async () => {
  expect((await rows()).map(({ rowIndex }) => rowIndex)).toEqual([0, 1]);
});

it('RowContext.type: RowContext#type', async () => {
  expect((await rows()).map(({ type }) => type)).toEqual(['FF-Fi/Se-CP/B(S) #4', 'MM #1']);
});

it('RowContext.name: RowContext#name', async () => {
  expect((await rows()).map(({ name }) => name)).toEqual(['Ada', 'Bob']);
});

it('RowContext.email: RowContext#email', async () => {
  expect((await rows()).map(({ email }) => email)).toEqual(['ada@example.org', 'bob@example.org']);
});

it('RowContext.to_metadata_dict(): RowContext#toMetadataDict()', () => {
  expect(row.toMetadataDict(new Date('2026-11-20T12:00:00Z'))).toEqual({
    source_csv_row_id: '007',
    source_csv_index: 4,
    personality_type: 'FF-Fi/Se-CP/B(S) #4',
    person_name: 'Ada',
    person_email: 'a@b.org',
    download_timestamp: '2026-11-20T12:00:00.000Z',
    tracking_version: '1.0',
  });
  expect(Date.parse(String(row.toMetadataDict()['download_timestamp']))).toBeGreaterThan(Date.now() - 60_000);
});

it('RowContext.to_filename_suffix(): RowContext#toFilenameSuffix()', async () => {
  expect(row.toFilenameSuffix()).toBe('_row007_FF-Fi-Se-CP-BS_num4');
  const suffixes = (await rows()).map((each) => each.toFilenameSuffix());
  expect(new Set(suffixes).size).toBe(2);
});

it('DownloadResult: new DownloadResult(fields)', () => {
  expect({ ...result }).toEqual(FIELDS);
});

it('DownloadResult.success: DownloadResult#success', () => {
  expect([result.success, failed.success]).toEqual([true, false]);
});

it('DownloadResult.files_downloaded: DownloadResult#filesDownloaded', () => {
  expect([result.filesDownloaded, failed.filesDownloaded]).toEqual([['clip.mp4', 'clip.en.vtt'], []]);
});

it('DownloadResult.media_id: DownloadResult#mediaId', () => {
  expect([result.mediaId, failed.mediaId]).toEqual(['aaaaaaaaaaa', null]);
});

it('DownloadResult.error_message: DownloadResult#errorMessage', () => {
  expect([result.errorMessage, failed.errorMessage]).toEqual([null, 'the connection broke']);
});

it('DownloadResult.metadata_file: DownloadResult#metadataFile', () => {
  expect([result.metadataFile, failed.metadataFile]).toEqual(['clip_metadata.json', null]);
});

it('DownloadResult.row_context: DownloadResult#rowContext', () => {
  expect(result.rowContext).toBe(row);
  expect(failed.rowContext).toBe(row);
});

it('DownloadResult.get_summary(): DownloadResult#getSummary()', () => {
  const common = { rowId: '007', type: 'FF-Fi/Se-CP/B(S) #4' };
  expect(new DownloadResult({ ...FIELDS, downloadType: 'youtube' }).getSummary()).toEqual({
    ...common,
    downloadType: 'youtube',
    success: true,
    status: 'completed',
    files: 'clip.mp4,clip.en.vtt',
    filesCount: 2,
    mediaId: 'aaaaaaaaaaa',
    error: null,
    metadataFile: 'clip_metadata.json',
  });
  expect(failed.getSummary()).toEqual({
    ...common,
    downloadType: null,
    success: false,
    status: 'failed',
    files: '',
    filesCount: 0,
    mediaId: null,
    error: 'the connection broke',
    metadataFile: null,
  });
});

import { expect, it } from 'vitest';
import { DownloadResult, getPendingDownloads, RowContext } from '../../src/index.ts';
import { chapter } from './chapter.ts';
import { inFolderOf } from './output-csv.ts';

const spec = chapter('data-classes');

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

it(spec('RowContext'), () => {
  expect({ ...row }).toEqual({
    rowId: '007',
    rowIndex: 4,
    type: 'FF-Fi/Se-CP/B(S) #4',
    name: 'Ada',
    email: 'a@b.org',
  });
});

it(spec('RowContext.row_id'), async () => {
  expect((await rows()).map(({ rowId }) => rowId)).toEqual(['007', 'NA']);
});

it(spec('RowContext.row_index'), async () => {
  expect((await rows()).map(({ rowIndex }) => rowIndex)).toEqual([0, 1]);
});

it(spec('RowContext.type'), async () => {
  expect((await rows()).map(({ type }) => type)).toEqual(['FF-Fi/Se-CP/B(S) #4', 'MM #1']);
});

it(spec('RowContext.name'), async () => {
  expect((await rows()).map(({ name }) => name)).toEqual(['Ada', 'Bob']);
});

it(spec('RowContext.email'), async () => {
  expect((await rows()).map(({ email }) => email)).toEqual(['ada@example.org', 'bob@example.org']);
});

it(spec('RowContext.to_metadata_dict()'), () => {
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

it(spec('RowContext.to_filename_suffix()'), async () => {
  expect(row.toFilenameSuffix()).toBe('_row007_FF-Fi-Se-CP-BS_num4');
  const suffixes = (await rows()).map((each) => each.toFilenameSuffix());
  expect(new Set(suffixes).size).toBe(2);
});

it(spec('DownloadResult'), () => {
  expect({ ...result }).toEqual(FIELDS);
});

it(spec('DownloadResult.success'), () => {
  expect([result.success, failed.success]).toEqual([true, false]);
});

it(spec('DownloadResult.files_downloaded'), () => {
  expect([result.filesDownloaded, failed.filesDownloaded]).toEqual([['clip.mp4', 'clip.en.vtt'], []]);
});

it(spec('DownloadResult.media_id'), () => {
  expect([result.mediaId, failed.mediaId]).toEqual(['aaaaaaaaaaa', null]);
});

it(spec('DownloadResult.error_message'), () => {
  expect([result.errorMessage, failed.errorMessage]).toEqual([null, 'the connection broke']);
});

it(spec('DownloadResult.metadata_file'), () => {
  expect([result.metadataFile, failed.metadataFile]).toEqual(['clip_metadata.json', null]);
});

it(spec('DownloadResult.row_context'), () => {
  expect(result.rowContext).toBe(row);
  expect(failed.rowContext).toBe(row);
});

it(spec('DownloadResult.get_summary()'), () => {
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

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import {
  DownloadResult,
  downloadDriveWithContext,
  downloadYoutubeWithContext,
  findRowByFile,
  RowContext,
  type TransferProgress,
} from '../../src/index.ts';
import { probe, startTestInternet } from '../support/internet.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { coverChapter } from './chapter.ts';

coverChapter('downloads');

const row = new RowContext({
  rowId: '007',
  rowIndex: 4,
  type: 'FF-Fi/Se-CP/B(S) #4',
  name: 'Ada',
  email: 'a@b.org',
});
const SUFFIX = '_row007_FF-Fi-Se-CP-BS_num4';
/** What every metadata file says of the row. */
const EMBEDDED = {
  source_csv_row_id: '007',
  source_csv_index: 4,
  personality_type: 'FF-Fi/Se-CP/B(S) #4',
  person_name: 'Ada',
  person_email: 'a@b.org',
  download_timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  tracking_version: '1.0',
};

let internet: Internet;
let outputDir: string;
beforeAll(async () => {
  internet = await startTestInternet();
});
afterAll(() => internet.close());
beforeEach(async () => {
  outputDir = await tempFolder();
});

type YoutubeOptions = NonNullable<Parameters<typeof downloadYoutubeWithContext>[2]>;
type DriveOptions = NonNullable<Parameters<typeof downloadDriveWithContext>[2]>;
const network = () => ({ proxy: internet.proxyUrl, caCertFile: internet.caCertFile });
const youtube = (url: string, options: YoutubeOptions = {}) =>
  downloadYoutubeWithContext(url, row, {
    outputDir,
    network: network(),
    pace: 'off',
    retries: 1,
    ...options,
  });
const drive = (url: string, options: DriveOptions = {}) =>
  downloadDriveWithContext(url, row, { outputDir, network: network(), ...options });

const captioned = () => internet.youtube.addVideo({ captions: [{ lang: 'en', text: 'hello' }] });
const watch = ({ id }: { readonly id: string }) => `https://www.youtube.com/watch?v=${id}`;
const view = ({ id }: { readonly id: string }) => `https://drive.google.com/file/d/${id}/view`;
const note = (extra: Parameters<Internet['drive']['addFile']>[0] = {}) =>
  internet.drive.addFile({ name: 'note.txt', body: 'hello', ...extra });
const metadataOf = async ({ metadataFile }: DownloadResult): Promise<unknown> =>
  JSON.parse(await readFile(join(outputDir, metadataFile ?? ''), 'utf8'));
const heightOf = async (name: string) =>
  (await probe(join(outputDir, name))).streams.find(({ codec_type: type }) => type === 'video')?.height;

it('download_youtube_with_context(url, row_context) -> DownloadResult: downloadYoutubeWithContext(url, rowContext)', async () => {
  const video = captioned();
  const result = await youtube(watch(video));
  expect(result).toBeInstanceOf(DownloadResult);
  expect(result).toMatchObject({
    success: true,
    filesDownloaded: [`${video.id}${SUFFIX}.mp4`, `${video.id}${SUFFIX}.en.vtt`],
    mediaId: video.id,
    errorMessage: null,
    metadataFile: `${video.id}${SUFFIX}_metadata.json`,
    rowContext: row,
  });
  const gone = await youtube('https://youtu.be/neverAdded1');
  expect(gone).toMatchObject({ success: false, filesDownloaded: [], metadataFile: null, rowContext: row });
  expect(gone.errorMessage).toBeTruthy();
});

it('download_youtube_with_context(transcript_only=False): { transcriptOnly: false }', async () => {
  const video = captioned();
  expect((await youtube(watch(video), { transcriptOnly: false })).filesDownloaded).toEqual([
    `${video.id}${SUFFIX}.mp4`,
    `${video.id}${SUFFIX}.en.vtt`,
  ]);
});

it('download_youtube_with_context(transcript_only=True): { transcriptOnly: true }', async () => {
  const video = captioned();
  const result = await youtube(watch(video), { transcriptOnly: true });
  expect(result).toMatchObject({ success: true, filesDownloaded: [`${video.id}${SUFFIX}.en.vtt`] });
  expect((await readdir(outputDir)).filter((name) => name.endsWith('.mp4'))).toEqual([]);
});

it('download_youtube_with_context(resolution=None): { resolution: undefined }', async () => {
  const { id } = internet.youtube.addVideo();
  await youtube(`https://youtu.be/${id}`);
  expect(await heightOf(`${id}${SUFFIX}.mp4`)).toBe(720);
});

it('download_youtube_with_context(resolution): { resolution: 360 }', async () => {
  const { id } = internet.youtube.addVideo();
  await youtube(`https://youtu.be/${id}`, { resolution: 360 });
  expect(await heightOf(`${id}${SUFFIX}.mp4`)).toBe(360);
});

it('download_youtube_with_context(output_format=None): { outputFormat: undefined }', async () => {
  const { id } = internet.youtube.addVideo();
  expect((await youtube(`https://youtu.be/${id}`)).filesDownloaded).toEqual([`${id}${SUFFIX}.mp4`]);
});

it("download_youtube_with_context(output_format): { outputFormat: 'mkv' }", async () => {
  const { id } = internet.youtube.addVideo();
  const result = await youtube(`https://youtu.be/${id}`, { outputFormat: 'mkv' });
  expect(result.filesDownloaded).toEqual([`${id}${SUFFIX}.mkv`]);
  expect((await probe(join(outputDir, `${id}${SUFFIX}.mkv`))).streams).toHaveLength(2);
});

it('download_youtube_with_context: playlists, video by video: downloadYoutubeWithContext', async () => {
  const videos = [
    internet.youtube.addVideo(),
    internet.youtube.addVideo({ behaviour: 'private' }),
    captioned(),
  ];
  const list = internet.youtube.addPlaylist({ id: 'PLspec00001', videoIds: videos.map(({ id }) => id) });
  const result = await youtube(`https://www.youtube.com/playlist?list=${list.id}`, { resolution: 360 });
  const [first, , last] = videos.map(({ id }) => id);
  expect(result).toMatchObject({
    success: true,
    mediaId: `${first},${last}`,
    filesDownloaded: [`${first}${SUFFIX}.mp4`, `${last}${SUFFIX}.mp4`, `${last}${SUFFIX}.en.vtt`],
  });
  expect(await readdir(outputDir)).toEqual(
    expect.arrayContaining([`${first}${SUFFIX}_metadata.json`, `${last}${SUFFIX}_metadata.json`]),
  );
});

it('download_youtube_with_context: transcripts and videos: downloadYoutubeWithContext', async () => {
  const { id } = captioned();
  await youtube(`https://youtu.be/${id}`);
  expect((await probe(join(outputDir, `${id}${SUFFIX}.mp4`))).streams).toHaveLength(2);
  expect(await readFile(join(outputDir, `${id}${SUFFIX}.en.vtt`), 'utf8')).toMatch(/^WEBVTT[^]*hello/);
});

it('download_youtube_with_context: embedded metadata: <file stem>_metadata.json', async () => {
  const { id } = internet.youtube.addVideo({ title: 'Engines' });
  const result = await youtube(`https://youtu.be/${id}`);
  expect(await metadataOf(result)).toMatchObject({ ...EMBEDDED, media_id: id, title: 'Engines' });
  expect(await findRowByFile(result.filesDownloaded[0] ?? '', outputDir)).toEqual(row);
});

it('download_youtube_with_context: row suffixes: <name>_row<row_id>_<type>.<extension>', async () => {
  const { id } = captioned();
  const { filesDownloaded } = await youtube(`https://youtu.be/${id}`);
  expect(filesDownloaded).toHaveLength(2);
  for (const name of filesDownloaded) expect(name).toContain(row.toFilenameSuffix());
});

it('download_drive_with_context(url, row_context) -> DownloadResult: downloadDriveWithContext(url, rowContext)', async () => {
  const file = note();
  const result = await drive(view(file));
  expect(result).toBeInstanceOf(DownloadResult);
  expect(result).toMatchObject({
    success: true,
    filesDownloaded: [`note${SUFFIX}.txt`],
    mediaId: file.id,
    errorMessage: null,
    metadataFile: `note${SUFFIX}_metadata.json`,
    rowContext: row,
  });
  expect(await readFile(join(outputDir, `note${SUFFIX}.txt`), 'utf8')).toBe('hello');
  const closed = await drive(view(note({ behaviour: 'sign-in' })));
  expect(closed).toMatchObject({ success: false, filesDownloaded: [], metadataFile: null, rowContext: row });
  expect(closed.errorMessage).toBeTruthy();
});

it('download_drive_with_context(filename=None): { filename: undefined }', async () => {
  expect((await drive(view(note({ name: 'as theirs.txt' })))).filesDownloaded).toEqual([
    `as theirs${SUFFIX}.txt`,
  ]);
});

it("download_drive_with_context(filename): { filename: 'mine' }", async () => {
  expect((await drive(view(note()), { filename: 'mine' })).filesDownloaded).toEqual([`mine${SUFFIX}.txt`]);
});

it('download_drive_with_context(metadata=True): { metadata: true }', async () => {
  const result = await drive(view(note()), { metadata: true });
  expect(await readdir(outputDir)).toContain(result.metadataFile);
});

it('download_drive_with_context(metadata=False): { metadata: false }', async () => {
  const result = await drive(view(note()), { metadata: false });
  expect(result).toMatchObject({ success: true, metadataFile: null });
  expect((await readdir(outputDir)).filter((name) => name.endsWith('.json'))).toEqual([]);
});

it('download_drive_with_context: large files behind the virus scan: downloadDriveWithContext', async () => {
  const size = 101 * 1024 * 1024;
  const file = note({
    name: 'large.bin',
    body: { size, seed: 'large' },
    behaviour: 'virus',
    checksums: 'right',
  });
  const result = await drive(view(file));
  expect(result).toMatchObject({ success: true, filesDownloaded: [`large${SUFFIX}.bin`] });
  expect((await stat(join(outputDir, `large${SUFFIX}.bin`))).size).toBe(size);
});

it('download_drive_with_context: direct download URLs: downloadDriveWithContext', async () => {
  const { id } = note();
  for (const url of [
    `https://drive.google.com/uc?id=${id}&export=download`,
    `https://drive.usercontent.google.com/download?id=${id}`,
  ]) {
    expect(await drive(url)).toMatchObject({ success: true, mediaId: id });
  }
});

it('download_drive_with_context: progress with speed and ETA: { onProgress }', async () => {
  const reports: TransferProgress[] = [];
  const size = 20_000_000;
  const { id } = note({ name: 'long.bin', body: { size, seed: 'long' } });
  await drive(view({ id }), { onProgress: (report) => reports.push(report) });
  expect(reports.length).toBeGreaterThan(1);
  for (const report of reports) {
    expect(report).toMatchObject({ rowId: '007', downloadType: 'drive', label: id, totalBytes: size });
  }
  expect(
    reports.some(({ bytesPerSecond, etaSeconds }) => (bytesPerSecond ?? 0) > 0 && etaSeconds !== null),
  ).toBe(true);
  expect(reports.at(-1)).toMatchObject({ receivedBytes: size, etaSeconds: 0 });
});

it('download_drive_with_context: embedded metadata: <file stem>_metadata.json', async () => {
  const file = note();
  const result = await drive(view(file));
  expect(await metadataOf(result)).toMatchObject({ ...EMBEDDED, media_id: file.id, title: 'note.txt' });
  expect(await findRowByFile(result.filesDownloaded[0] ?? '', outputDir)).toEqual(row);
});

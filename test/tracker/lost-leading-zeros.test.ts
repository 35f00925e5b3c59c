import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { updateCsvDownloadStatus } from '../../src/index.ts';
import { contextOf, csvFile, rowOf, success } from './fixtures.ts';

it('results under the row_id of before go to the row that lost its leading zeros meanwhile, each time', async () => {
  const csv = await csvFile();
  const context = contextOf(await rowOf(csv, '007'));
  await updateCsvDownloadStatus(0, 'youtube', success(context, ['a.mp4']), csv);
  await writeFile(csv, (await readFile(csv, 'utf8')).replace(/^007,/m, '7,'));
  await updateCsvDownloadStatus(0, 'drive', success(context, ['b.pdf']), csv);
  expect(await rowOf(csv, '7')).toMatchObject({ youtube_status: 'completed', drive_files: 'b.pdf' });
  await updateCsvDownloadStatus(0, 'youtube', success(context, ['c.mp4']), csv);
  expect(await rowOf(csv, '7')).toMatchObject({ youtube_files: 'c.mp4', drive_files: 'b.pdf' });
});

it('the first result of a row goes to it also when it lost its leading zeros a while before', async () => {
  const csv = await csvFile();
  const context = contextOf(await rowOf(csv, '007'));
  await updateCsvDownloadStatus(1, 'youtube', success(contextOf(await rowOf(csv, 'NA'))), csv);
  await writeFile(csv, (await readFile(csv, 'utf8')).replace(/^007,/m, '7,'));
  // The edit is taken in with another row's result; then the file is no news any more.
  await updateCsvDownloadStatus(1, 'youtube', success(contextOf(await rowOf(csv, 'NA'))), csv);
  await updateCsvDownloadStatus(0, 'youtube', success(context, ['a.mp4']), csv);
  expect(await rowOf(csv, '7')).toMatchObject({ youtube_status: 'completed', youtube_files: 'a.mp4' });
});

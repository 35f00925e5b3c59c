import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { resetDownloadStatus, updateCsvDownloadStatus } from '../../src/index.ts';
import { contextOf, csvFile, failure, rowOf, success } from './fixtures.ts';

it('a failure after the ledger was deleted does not forget the files that the row listed', async () => {
  const csv = await csvFile();
  const context = contextOf(await rowOf(csv, '007'));
  await updateCsvDownloadStatus(0, 'youtube', success(context, ['a.mp4']), csv);
  await rm(join(dirname(csv), '.rowtrail'), { recursive: true });
  await updateCsvDownloadStatus(0, 'youtube', failure(context), csv);
  expect(await rowOf(csv, '007')).toMatchObject({
    youtube_status: 'failed',
    youtube_files: 'a.mp4',
    youtube_media_id: 'aaaaaaaaaaa',
  });
});

it('a failure does not forget them either when the row was known again by a reset of its other download', async () => {
  const csv = await csvFile();
  const context = contextOf(await rowOf(csv, '007'));
  await updateCsvDownloadStatus(0, 'drive', success(context, ['d.pdf']), csv);
  await rm(join(dirname(csv), '.rowtrail'), { recursive: true });
  await resetDownloadStatus('007', 'youtube', csv);
  await updateCsvDownloadStatus(0, 'drive', failure(context), csv);
  expect(await rowOf(csv, '007')).toMatchObject({ drive_status: 'failed', drive_files: 'd.pdf' });
});

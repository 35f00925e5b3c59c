import { expect, it } from 'vitest';
import { updateCsvDownloadStatus } from '../../src/index.ts';
import { contextOf, csvFile, rowOf, success } from './fixtures.ts';

it('a result of another type stays out of the row also after a right one of the other download', async () => {
  const csv = await csvFile();
  const context = contextOf(await rowOf(csv, '007'));
  const wrong = contextOf({ ...(await rowOf(csv, '007')), type: 'SOMETHING ELSE' });
  await expect(
    updateCsvDownloadStatus(0, 'youtube', success(wrong, ['not-his.mp4']), csv),
  ).rejects.toMatchObject({ code: 'type_mismatch' });
  await updateCsvDownloadStatus(0, 'drive', success(context, ['his.pdf']), csv);
  expect(await rowOf(csv, '007')).toMatchObject({
    youtube_status: 'pending',
    youtube_files: '',
    drive_status: 'completed',
    drive_files: 'his.pdf',
  });
});

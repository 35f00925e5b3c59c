import { readFile, rename, utimes, writeFile } from 'node:fs/promises';
import { join, dirname } from 'node:path';
import { expect, it } from 'vitest';
import { updateCsvDownloadStatus } from '../../src/index.ts';
import { contextOf, csvFile, rowOf, success } from './fixtures.ts';

/** Saves a while ago, so that nobody has to wait until the file is still. */
async function saved(csv: string, text: string): Promise<void> {
  const temp = join(dirname(csv), 'saved.tmp');
  await writeFile(temp, text);
  const before = new Date(Date.now() - 10_000);
  await utimes(temp, before, before);
  await rename(temp, csv);
}

it('a result that comes after a reset by hand is not undone by it', async () => {
  const csv = await csvFile();
  const context = contextOf(await rowOf(csv, '007'));
  await updateCsvDownloadStatus(0, 'youtube', success(context, ['a.mp4']), csv);
  await saved(csv, (await readFile(csv, 'utf8')).replace('completed,a.mp4', 'pending,a.mp4'));
  await updateCsvDownloadStatus(0, 'youtube', success(context, ['b.mp4']), csv);
  expect(await rowOf(csv, '007')).toMatchObject({ youtube_status: 'completed', youtube_files: 'b.mp4' });
});

it('a result that comes after the link was changed is that of the new link', async () => {
  const csv = await csvFile();
  const context = contextOf(await rowOf(csv, '007'));
  await updateCsvDownloadStatus(0, 'youtube', success(context, ['a.mp4']), csv);
  await saved(csv, (await readFile(csv, 'utf8')).replace('aaaaaaaaaaa,https', 'zzzzzzzzzzz,https'));
  await updateCsvDownloadStatus(0, 'youtube', success(context, ['b.mp4']), csv);
  expect(await rowOf(csv, '007')).toMatchObject({ youtube_status: 'completed', youtube_files: 'b.mp4' });
});

import { describe, expect, it } from 'vitest';
import { type DownloadResultFields, updateCsvDownloadStatus } from '../../src/index.ts';
import { contextOf, csvFile, rowOf, success } from './fixtures.ts';

type Given = Pick<DownloadResultFields, 'filesDownloaded' | 'mediaId'> & Partial<DownloadResultFields>;

/** The cells of a row after results with the API reference's six fields were recorded, one after the other. */
async function cellsAfter(results: readonly Given[]) {
  const csv = await csvFile();
  const row = contextOf(await rowOf(csv, '007'));
  for (const { filesDownloaded, ...given } of results)
    await updateCsvDownloadStatus(0, 'youtube', success(row, filesDownloaded, given), csv);
  const { youtube_files: files, youtube_media_id: ids } = await rowOf(csv, '007');
  return { files, ids };
}

describe('files of results that name no items', () => {
  const both = { filesDownloaded: ['p1.mp4', 'p2.mp4'], mediaId: 'V1,V2' };

  it.each<[string, Given[], string, string]>([
    [
      'of the second medium again',
      [both, { filesDownloaded: ['p2.mp4'], mediaId: 'V2' }],
      'p1.mp4,p2.mp4',
      'V1,V2',
    ],
    ['of the first again', [both, { filesDownloaded: ['p1.mp4'], mediaId: 'V1' }], 'p1.mp4,p2.mp4', 'V1,V2'],
    ['both again', [both, both], 'p1.mp4,p2.mp4', 'V1,V2'],
    [
      'a new one of the second',
      [both, { filesDownloaded: ['q2.mp4'], mediaId: 'V2' }],
      'p1.mp4,q2.mp4',
      'V1,V2',
    ],
    [
      'of a third',
      [both, { filesDownloaded: ['p3.mp4'], mediaId: 'V3' }],
      'p1.mp4,p2.mp4,p3.mp4',
      'V1,V2,V3',
    ],
    [
      'of one in the middle of three',
      [
        { filesDownloaded: ['a', 'b', 'c'], mediaId: 'V1,V2,V3' },
        { filesDownloaded: ['c'], mediaId: 'V3' },
        { filesDownloaded: ['b'], mediaId: 'V2' },
      ],
      'a,b,c',
      'V1,V2,V3',
    ],
    [
      'that the first had for want of knowledge, and of which the second is told later',
      [
        { filesDownloaded: ['a', 'b', 'c'], mediaId: 'V1,V2' },
        { filesDownloaded: ['b', 'c'], mediaId: 'V2' },
      ],
      'a,b,c',
      'V1,V2',
    ],
    [
      'that are named for their medium',
      [
        { filesDownloaded: ['V1.mp4', 'V1.en.vtt', 'V10_row1.mp4', 'extra.txt'], mediaId: 'V1,V10' },
        { filesDownloaded: ['V10_new.mp4'], mediaId: 'V10' },
      ],
      'V1.mp4,V1.en.vtt,V10_new.mp4',
      'V1,V10',
    ],
    ['twice in one result', [{ filesDownloaded: ['a', 'a', 'b'], mediaId: 'V1, V1' }], 'a,b', 'V1'],
    ['without a media id', [{ filesDownloaded: ['a', 'b'], mediaId: '' }], 'a,b', ''],
  ])('%s are listed once, in order', async (_, results, files, ids) => {
    expect(await cellsAfter(results)).toEqual({ files, ids });
  });
});

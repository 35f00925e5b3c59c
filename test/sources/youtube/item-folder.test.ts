import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bootId } from '../../../src/files/index.ts';
import { openItemFolder, removeMedia } from '../../../src/sources/youtube/item-folder.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const FORM = { resolution: 720, format: 'mp4', subLangs: [], transcriptFormat: 'vtt' } as const;

/** A folder that a run left with these files in it. */
async function left(names: readonly string[]) {
  const dir = await tempFolder();
  const folder = await openItemFolder(dir, 'aaaaaaaaaaa', FORM);
  for (const name of names) await writeFile(join(folder, name), 'bytes');
  const again = () => openItemFolder(dir, 'aaaaaaaaaaa', FORM);
  return { folder, again, names: async () => (await readdir(folder)).filter((name) => name !== 'boot') };
}

const PARTS = ['a.f137.mp4.part', 'a.f137.mp4.ytdl', 'a.f140.m4a'];

it('keeps after a kill what yt-dlp continues from, and nothing else', async () => {
  const { again, names } = await left([...PARTS, 'a.mp4', 'a.temp.mp4']);
  await again();
  expect(await names()).toEqual(PARTS);
});

it('keeps after a kill also what came after wrong media were thrown away', async () => {
  const { folder, again, names } = await left(PARTS);
  await removeMedia(folder);
  expect(await names()).toEqual([]);
  await writeFile(join(folder, 'a.f137.mp4.part'), 'bytes');
  await again();
  expect(await names()).toEqual(['a.f137.mp4.part']);
});

it.skipIf(bootId() === null)(
  'keeps nothing of another start of the machine, or of one that is not known',
  async () => {
    for (const note of ['another', '']) {
      const { folder, again, names } = await left(PARTS);
      await writeFile(join(folder, 'boot'), note);
      await again();
      expect(await names()).toEqual([]);
      await writeFile(join(folder, 'a.f137.mp4.part'), 'since then');
      await again();
      expect(await names()).toEqual(['a.f137.mp4.part']);
    }
  },
);

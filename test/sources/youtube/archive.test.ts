import { copyFile, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Internet } from '../../../src/demo/internet/index.ts';
import { archivedIds, idsIn } from '../../../src/sources/youtube/archive.ts';
import { downloadYoutubeWithContext, type YoutubeOptions } from '../../../src/sources/youtube/index.ts';
import { startTestInternet } from '../../support/internet.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { outcomes, row, SUFFIX, through } from './loopback.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
});
afterAll(async () => {
  await internet.close();
});

describe('the record of plain yt-dlp', () => {
  it('holds the videos of YouTube that are in it', () => {
    const text =
      'youtube aaaaaaaaaaa\r\nvimeo 12345678901\nyoutube tooshort\nyoutube -bbbbbbbbbb\n# youtube ccccccccccc\n';
    expect([...archivedIds(text)]).toEqual(['aaaaaaaaaaa', '-bbbbbbbbbb']);
  });

  it.each([
    ['A title [aaaaaaaaaaa].mp4', ['aaaaaaaaaaa']],
    ['A title-aaaaaaaaaaa.mp4', ['aaaaaaaaaaa']],
    ['A title [-aaaaaaaaa_].en.vtt', ['-aaaaaaaaa_']],
    ['-aaaaaaaaaa.webm', ['-aaaaaaaaaa']],
    ['nothing here.mp4', []],
    ['[too short].mp4', []],
  ])('finds the file %j by %j', (name, ids) => {
    expect(idsIn(name)).toEqual(ids);
  });
});

describe('a video that stands in an archive', () => {
  const titled = '../.. "x" [aaaaaaaaaab]';

  async function archived(options: YoutubeOptions = {}) {
    const [dir, there] = [await tempFolder(), await tempFolder()];
    const { id } = internet.youtube.addVideo({
      itags: [18],
      captions: [{ lang: 'en', text: 'new' }],
      title: titled,
    });
    const fetched = await downloadYoutubeWithContext(`youtu.be/${id}`, row, through(internet, there));
    const old = join(there, 'channel', `Old title [${id}].mp4`);
    await mkdir(join(there, 'channel'));
    await copyFile(join(there, fetched.filesDownloaded[0] ?? ''), old);
    await writeFile(old.replace('.mp4', '.en.vtt'), 'WEBVTT\n\n00:01.000 --> 00:02.000\nold\n');
    const archiveFile = join(there, 'archive.txt');
    await writeFile(archiveFile, `youtube ${id}\n`);
    const notes: string[] = [];
    const download = () =>
      downloadYoutubeWithContext(`youtu.be/${id}`, row, {
        ...through(internet, dir),
        archiveFile,
        onNote: (note) => notes.push(note),
        ...options,
      });
    return { id, dir, old, notes, download };
  }

  it('is taken over with its transcript, asks nobody, and leaves the old file as it is', async () => {
    const { id, dir, old, notes, download } = await archived();
    const before = [internet.requests.length, await readFile(old)] as const;
    const result = await download();
    expect(outcomes(result)).toEqual(['video: ok', 'transcript: ok']);
    expect(result.filesDownloaded).toEqual([`${id}${SUFFIX}.mp4`, `${id}${SUFFIX}.en.vtt`]);
    expect(await readFile(join(dir, `${id}${SUFFIX}.en.vtt`), 'utf8')).toContain('old');
    expect(await readFile(join(dir, `${id}${SUFFIX}.mp4`))).toEqual(before[1]);
    expect([internet.requests.length, await readFile(old)]).toEqual(before);
    expect((await readdir(dir)).some((name) => name.startsWith('.'))).toBe(false);
    expect(notes).toEqual([]);
  });

  it('and whose file is cut short is fetched anew, which is said', async () => {
    const { id, old, notes, download } = await archived();
    await truncate(old, 3000);
    expect(outcomes(await download())).toEqual(['video: ok', 'transcript: ok']);
    expect(notes).toEqual([
      expect.stringMatching(new RegExp(`^${id} stands in the archive .* is not whole`)),
    ]);
  });

  it('and whose file is of another kind than is wanted is fetched anew, which is said', async () => {
    const { notes, download } = await archived({ outputFormat: 'm4a' });
    expect(outcomes(await download())[0]).toBe('video: ok');
    expect(notes).toEqual([expect.stringContaining('no file of the wanted format')]);
  });

  it('cannot be looked up where the record cannot be read, and nothing is asked', async () => {
    const { download } = await archived({ archiveFile: '/none/such' });
    const before = internet.requests.length;
    await expect(download()).rejects.toMatchObject({ code: 'file_missing' });
    expect(internet.requests.length).toBe(before);
  });
});

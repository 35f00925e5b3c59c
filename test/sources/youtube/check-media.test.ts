import { execFile } from 'node:child_process';
import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Internet } from '../../../src/demo/internet/index.ts';
import { checkMedia, type ExpectedMedia } from '../../../src/sources/youtube/check-media.ts';
import { readWholeMp4 } from '../../../src/sources/youtube/mp4/index.ts';
import { downloadYoutubeWithContext, locateFfmpeg, locateYtDlp } from '../../../src/sources/youtube/index.ts';
import { startTestInternet } from '../../support/internet.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { row, through } from './loopback.ts';

let internet: Internet;

beforeAll(async () => {
  internet = await startTestInternet();
});
afterAll(async () => {
  await internet.close();
});

const expected: ExpectedMedia = { format: 'mp4', hasVideo: true, hasAudio: true, duration: 4 };

async function check(path: string, folder: string, what: ExpectedMedia = expected) {
  const { ffprobe } = await locateFfmpeg();
  const env = { env: process.env, proxy: null, caBundle: '/none' };
  const session = { ytDlp: await locateYtDlp(), ffprobe, env, folder, idleMs: 10_000 };
  return (await checkMedia(path, what, session))?.cause ?? 'ok';
}

async function video(folder: string): Promise<string> {
  const { id } = internet.youtube.addVideo({ seconds: 4 });
  const { filesDownloaded } = await downloadYoutubeWithContext(
    `youtu.be/${id}`,
    row,
    through(internet, folder),
  );
  return join(folder, filesDownloaded[0] ?? '');
}

describe('a file that arrived', () => {
  it('is what it should be only with its container, its streams and its length', async () => {
    const folder = await tempFolder();
    const path = await video(folder);
    expect(await check(path, folder)).toBe('ok');
    expect(await check(path, folder, { ...expected, format: 'webm' })).toBe('not_media');
    expect(await check(path, folder, { ...expected, duration: 60 })).toBe('short_body');
    expect(await check(path, folder, { ...expected, duration: null })).toBe('ok');
  });

  it.each([
    ['in front, so that its head tells the whole length', ['-movflags', '+faststart'], 'short_body'],
    ['behind', [], 'not_media'],
  ])('is noticed when its end is missing and its index stands %s', async (_, flags, cause) => {
    const folder = await tempFolder();
    const whole = await video(folder);
    const cut = join(folder, 'cut.mp4');
    const ffmpeg = await locateFfmpeg();
    await promisify(execFile)(ffmpeg.path, ['-v', 'error', '-i', whole, '-c', 'copy', ...flags, cut]);
    await truncate(cut, Math.floor((await stat(cut)).size * 0.7));
    expect(await check(cut, folder)).toBe(cause);
  });

  it.each([
    ['a page of HTML', '<!doctype html><html><body>Sorry</body></html>'],
    ['nothing', ''],
    ['a list that points at other files', '#EXTM3U\n#EXTINF:1,\n/etc/passwd\n#EXT-X-ENDLIST\n'],
  ])('is no media when it is %s', async (_, content) => {
    const folder = await tempFolder();
    const path = join(folder, 'media.mp4');
    await writeFile(path, content);
    expect(await check(path, folder)).toBe('not_media');
  });
});

describe('an MP4 whose index proves it', () => {
  const isWhole = async (path: string) => (await readWholeMp4(path)) !== null;

  it('has its tracks and their length told without ffprobe', async () => {
    const folder = await tempFolder();
    const tracks = await readWholeMp4(await video(folder));
    expect(tracks?.map(({ kind }) => kind).sort()).toEqual(['audio', 'video']);
    for (const { seconds } of tracks ?? []) expect(Math.abs(seconds - 4)).toBeLessThan(0.5);
  });

  it.each([
    ['in front', ['-movflags', '+faststart']],
    ['behind', []],
  ])('is never taken for whole when it was cut anywhere, with the index %s', async (_, flags) => {
    const folder = await tempFolder();
    const path = join(folder, 'whole.mp4');
    const { path: ffmpeg } = await locateFfmpeg();
    await promisify(execFile)(ffmpeg, [
      '-v',
      'error',
      '-i',
      await video(folder),
      '-c',
      'copy',
      ...flags,
      path,
    ]);
    expect(await isWhole(path)).toBe(true);
    const bytes = await readFile(path);
    const cut = join(folder, 'cut.mp4');
    const places = Array.from({ length: 200 }, (_value, n) => Math.floor((bytes.length * n) / 200));
    for (const length of [...places, bytes.length - 1]) {
      await writeFile(cut, bytes.subarray(0, length));
      expect([length, await isWhole(cut)]).toEqual([length, false]);
    }
  });

  it('is judged by ffprobe where it is in fragments', async () => {
    const folder = await tempFolder();
    const path = join(folder, 'fragments.mp4');
    const { path: ffmpeg } = await locateFfmpeg();
    const flags = ['-movflags', 'frag_keyframe+empty_moov'];
    await promisify(execFile)(ffmpeg, [
      '-v',
      'error',
      '-i',
      await video(folder),
      '-c',
      'copy',
      ...flags,
      path,
    ]);
    expect(await isWhole(path)).toBe(false);
    expect(await check(path, folder)).toBe('ok');
  });

  it('never makes reading it fail or take long, whatever stands in it', async () => {
    const folder = await tempFolder();
    const bytes = await readFile(await video(folder));
    const index = bytes.indexOf('moov');
    const path = join(folder, 'hostile.mp4');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(4000), fc.constantFrom(0, 1, 0x7f, 0xff)), { minLength: 1, maxLength: 6 }),
        async (changes) => {
          const hostile = Buffer.from(bytes);
          for (const [at, value] of changes) hostile[(index + at) % hostile.length] = value;
          await writeFile(path, hostile);
          const tracks = await readWholeMp4(path);
          for (const { seconds } of tracks ?? []) expect(seconds).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});

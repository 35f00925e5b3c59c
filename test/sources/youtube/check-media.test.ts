import { execFile } from 'node:child_process';
import { stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Internet } from '../../../src/demo/internet/index.ts';
import { checkMedia, type ExpectedMedia } from '../../../src/sources/youtube/check-media.ts';
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

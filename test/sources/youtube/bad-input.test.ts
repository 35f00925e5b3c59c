import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Internet } from '../../../src/demo/internet/index.ts';
import { downloadYoutubeWithContext, parseYoutubeLinks } from '../../../src/sources/youtube/index.ts';
import { startTestInternet } from '../../support/internet.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { outcomes, row, SUFFIX, through } from './loopback.ts';

let internet: Internet;
let around: string;
let dir: string;

beforeAll(async () => {
  internet = await startTestInternet();
});
afterAll(async () => {
  await internet.close();
});
beforeEach(async () => {
  around = await tempFolder();
  dir = join(around, 'downloads');
});

const download = (url: string) => downloadYoutubeWithContext(url, row, through(internet, dir));

describe('a title', () => {
  it.each([
    ['..', '..'],
    ['a path', '../../../../etc/passwd'],
    ['400 emoji', '🦊'.repeat(400)],
    ['NUL and line ends', 'a\0b\nc\r\nd\u2028e'],
    ['a template and a variable', '%(id)s $HOME `id` $(id)'],
    ['words of ours', 'rowtrail-1-000000000000000000000000:file:{"id":"x"}'],
    ['nothing', ''],
  ])('of %s stays text: nothing is written but the files of the id', async (_, title) => {
    const { id } = internet.youtube.addVideo({ itags: [18], title, captions: [{ lang: 'en', text: title }] });
    const result = await download(`youtu.be/${id}`);
    expect(outcomes(result)).toEqual(['video: ok', 'transcript: ok']);
    expect((await readdir(dir)).toSorted()).toEqual([
      `${id}${SUFFIX}.en.vtt`,
      `${id}${SUFFIX}.mp4`,
      `${id}${SUFFIX}.transcript_metadata.json`,
      `${id}${SUFFIX}_metadata.json`,
    ]);
    expect(await readdir(around)).toEqual(['downloads']);
    const sidecar = JSON.parse(await readFile(join(dir, `${id}${SUFFIX}_metadata.json`), 'utf8')) as {
      title: string;
    };
    expect(typeof sidecar.title).toBe('string');
  });
});

describe('a call without a type checker', () => {
  it('takes null as left out, in options and as the link, and the bare fields of a row', async () => {
    const { id } = internet.youtube.addVideo({ itags: [18], captions: [{ lang: 'en', text: 'hello' }] });
    const nothing = { transcriptOnly: null, resolution: null, outputFormat: null } as unknown as object;
    const options = { ...through(internet, dir), ...nothing };
    const result = await downloadYoutubeWithContext(`youtu.be/${id}`, { ...row } as typeof row, options);
    expect(outcomes(result)).toEqual(['video: ok', 'transcript: ok']);
    expect(result.filesDownloaded[0]).toBe(`${id}${SUFFIX}.mp4`);
    expect(outcomes(await download(null as unknown as string))).toEqual(['video: malformed_link']);
    expect(outcomes(await downloadYoutubeWithContext('', row, null as unknown as object))).toEqual([
      'video: malformed_link',
    ]);
  });
});

describe('a list of ids', () => {
  const list = (ids: readonly string[]) => `https://www.youtube.com/watch_videos?video_ids=${ids.join(',')}`;
  const ids = Array.from({ length: 5000 }, (_, n) => `id${String(n).padStart(9, '0')}`);

  it('of 5,000 is read in order, without repeats, in a moment', () => {
    const start = performance.now();
    const { targets } = parseYoutubeLinks(list([...ids, ...ids]));
    expect(targets.map(({ id }) => id)).toEqual(ids);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it.each([
    'tenletters',
    'twelveletter',
    'has space11',
    'eleven/char',
    '',
    '..',
    '-'.repeat(10),
    'ünïcödé1234',
  ])('with %j in it is refused as a whole, and no host is asked', async (bad) => {
    const before = internet.requests.length;
    const result = await download(list(['aaaaaaaaaaa', bad, 'bbbbbbbbbbb']));
    expect(outcomes(result)).toEqual(['video: malformed_link']);
    expect(result).toMatchObject({ success: false, permanentFailure: true });
    expect(internet.requests.length).toBe(before);
    expect(await stat(dir).catch(() => null)).toBeNull();
  });
});

describe('a playlist', () => {
  it('that holds itself and a video twice brings each video once', async () => {
    const { id } = internet.youtube.addVideo({ itags: [18] });
    internet.youtube.addPlaylist({ id: 'PLitselfxxxxx', videoIds: [id, 'PLitselfxxx', id], pageSize: 1 });
    const url = 'https://www.youtube.com/playlist?list=PLitselfxxxxx';
    const result = await download(`${url} ${url}&index=2 youtu.be/${id}`);
    expect(result.mediaId).toBe(id);
    expect(outcomes(result).filter((outcome) => outcome === 'video: ok')).toHaveLength(1);
    expect(result.success).toBe(true);
  });
});

describe('a yt-dlp', () => {
  it.each([
    ['prints garbage and fails', 'echo garbage; echo "\\033[31m<b>oops</b>" >&2; exit 1', 'ytdlp_failed'],
    ['prints nothing and fails', 'exit 1', 'ytdlp_failed'],
    ['prints endless garbage', 'yes garbage | head -c 20000000; exit 1', 'ytdlp_failed'],
    ['claims success without a file', 'exit 0', 'ytdlp_failed'],
    ['dies', 'kill -9 $$', 'ytdlp_failed'],
  ])('that %s fails the row as %s, for another attempt', async (_, script, cause) => {
    const ytDlp = join(around, 'yt-dlp');
    await writeFile(ytDlp, `#!/bin/sh\n[ "$1" = --version ] && { echo 2026.01.01; exit; }\n${script}\n`, {
      mode: 0o755,
    });
    const result = await downloadYoutubeWithContext('youtu.be/aaaaaaaaaaa', row, {
      ...through(internet, dir),
      tools: { ytDlp },
    });
    expect(outcomes(result)).toEqual([`video: ${cause}`, `transcript: ${cause}`]);
    expect(result).toMatchObject({ success: false, permanentFailure: false });
    expect(await readdir(dir)).toEqual([]);
  });
});

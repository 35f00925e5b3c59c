import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Internet, VideoBehaviour } from '../../../src/demo/internet/index.ts';
import { probe, startTestInternet, ytDlp } from '../../support/internet.ts';

const TEST_VIDEO = 'dQw4w9WgXcQ';
const url = (id: string) => `https://www.youtube.com/watch?v=${id}`;

let internet: Internet;
let root: string;
let cwd: string;

beforeAll(async () => {
  internet = await startTestInternet();
  root = await mkdtemp(join(tmpdir(), 'rowtrail-test-'));
});
afterAll(async () => {
  await internet.close();
  await rm(root, { recursive: true });
});
beforeEach(async () => {
  cwd = await mkdtemp(join(root, 'case-'));
  internet.youtube.behaviour = 'ok';
  internet.youtube.faults = {};
});

describe('a video', () => {
  test('arrives with picture and sound merged, at the height asked for', async () => {
    internet.youtube.addVideo({ id: TEST_VIDEO });
    const options = ['-f', 'bv*[height<=360]+ba', '-o', '%(id)s.%(ext)s'];
    expect(await ytDlp(internet, { cwd, options, urls: [url(TEST_VIDEO)] })).toMatchObject({ exitCode: 0 });
    const { streams, seconds } = await probe(join(cwd, `${TEST_VIDEO}.mp4`));
    expect(streams).toEqual([
      expect.objectContaining({ codec_type: 'video', codec_name: 'h264', height: 360 }),
      expect.objectContaining({ codec_type: 'audio', codec_name: 'aac' }),
    ]);
    expect(seconds).toBeCloseTo(2, 0);
  });

  test('has other bytes than the next one, before and after merging', async () => {
    internet.youtube.addVideo({ id: 'first______' });
    internet.youtube.addVideo({ id: 'second_____' });
    const urls = ['first______', 'second_____'].map(url);
    const { exitCode } = await ytDlp(internet, { cwd, options: ['-k', '-o', '%(id)s.%(ext)s'], urls });
    expect(exitCode).toBe(0);
    for (const ending of ['f136.mp4', 'f140.m4a', 'mp4']) {
      const [first, second] = await Promise.all(
        ['first______', 'second_____'].map((id) => readFile(join(cwd, `${id}.${ending}`))),
      );
      expect(first?.equals(second ?? Buffer.alloc(0))).toBe(false);
    }
  });

  test('comes as WebM where it is offered so', async () => {
    internet.youtube.addVideo({ id: TEST_VIDEO, itags: [243, 251] });
    await ytDlp(internet, { cwd, options: ['-o', '%(id)s.%(ext)s'], urls: [url(TEST_VIDEO)] });
    const { streams } = await probe(join(cwd, `${TEST_VIDEO}.webm`));
    expect(streams.map(({ codec_name }) => codec_name)).toEqual(['vp9', 'opus']);
  });

  test('is still playable with filling behind each medium', async () => {
    internet.youtube.addVideo({ id: TEST_VIDEO, paddingBytes: 500_000 });
    const options = ['-f', '136', '-o', '%(id)s.%(ext)s'];
    await ytDlp(internet, { cwd, options, urls: [url(TEST_VIDEO)] });
    expect((await readFile(join(cwd, `${TEST_VIDEO}.mp4`))).length).toBeGreaterThan(500_000);
    expect((await probe(join(cwd, `${TEST_VIDEO}.mp4`))).streams).toHaveLength(1);
  });

  test.each([
    ['youtu.be', `https://youtu.be/${TEST_VIDEO}?t=1`],
    ['shorts', `https://www.youtube.com/shorts/${TEST_VIDEO}`],
    ['embed', `https://www.youtube-nocookie.com/embed/${TEST_VIDEO}`],
    ['mobile', `https://m.youtube.com/watch?v=${TEST_VIDEO}`],
  ])('is found under its %s address', async (_name, address) => {
    internet.youtube.addVideo({ id: TEST_VIDEO, title: 'Found </script><b>' });
    const { stdout } = await ytDlp(internet, { cwd, options: ['--print', '%(title)s'], urls: [address] });
    expect(stdout).toBe('Found </script><b>\n');
  });
});

describe('subtitles', () => {
  test('made by people and by speech recognition come as WebVTT', async () => {
    internet.youtube.addVideo({
      id: TEST_VIDEO,
      captions: [
        { lang: 'en', text: 'Written <by> hand' },
        { lang: 'en', kind: 'asr', text: 'heard by a machine' },
      ],
    });
    const options = ['--skip-download', '--write-subs', '--write-auto-subs', '--sub-langs', 'en,en-orig'];
    await ytDlp(internet, { cwd, options: [...options, '-o', '%(id)s.%(ext)s'], urls: [url(TEST_VIDEO)] });
    expect((await readdir(cwd)).toSorted()).toEqual([`${TEST_VIDEO}.en-orig.vtt`, `${TEST_VIDEO}.en.vtt`]);
    const manual = await readFile(join(cwd, `${TEST_VIDEO}.en.vtt`), 'utf8');
    expect(manual).toContain('00:00:00.000 --> 00:00:02.000\nWritten &lt;by&gt; hand');
    expect(await readFile(join(cwd, `${TEST_VIDEO}.en-orig.vtt`), 'utf8')).toContain('heard by a machine');
  });

  test('refused with 429 leave their words, and only they are refused', async () => {
    internet.youtube.addVideo({
      id: TEST_VIDEO,
      captions: [{ lang: 'en' }],
      faults: { timedtext: { status: 429 } },
    });
    const options = ['--skip-download', '--write-subs'];
    const result = await ytDlp(internet, { cwd, options, urls: [url(TEST_VIDEO)] });
    expect(result).toMatchObject({ exitCode: 1 });
    expect(result.stderr).toContain("Unable to download video subtitles for 'en': HTTP Error 429");
    expect((await ytDlp(internet, { cwd, urls: [url(TEST_VIDEO)] })).exitCode).toBe(0);
  });
});

describe('a playlist', () => {
  const scan = ['--flat-playlist', '--dump-single-json'];

  test('is listed over several pages, with its dead entries', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e'].map(
      (letter) => internet.youtube.addVideo({ id: letter.repeat(11) }).id,
    );
    internet.youtube.addVideo({ id: 'hidden_____', behaviour: 'private' });
    const videoIds = [...ids, 'hidden_____', 'neverexists'];
    internet.youtube.addPlaylist({ id: 'PLaaaaaaaaaaaaaaaa', title: 'Talks', videoIds, pageSize: 2 });
    const urls = ['https://www.youtube.com/playlist?list=PLaaaaaaaaaaaaaaaa'];
    const list = JSON.parse((await ytDlp(internet, { cwd, options: scan, urls })).stdout) as {
      title: string;
      entries: { id: string; title: string }[];
    };
    expect(list.title).toBe('Talks');
    expect(list.entries.map(({ id }) => id)).toEqual(videoIds);
    expect(list.entries.slice(5).map(({ title }) => title)).toEqual(['[Private video]', '[Deleted video]']);
  });

  test('that is not there says so', async () => {
    const urls = ['https://www.youtube.com/playlist?list=PLbbbbbbbbbbbbbbbb'];
    const { exitCode, stderr } = await ytDlp(internet, { cwd, options: scan, urls });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/ERROR: .*The playlist does not exist/);
  });
});

describe('a refusal', () => {
  const words: Record<Exclude<VideoBehaviour, 'ok' | 'live'>, string> = {
    private: "Private video. Sign in if you've been granted access",
    removed: 'This video has been removed by the uploader',
    terminated: 'account associated with this video has been terminated',
    unavailable: "This video isn't available anymore",
    'bot-check': 'Sign in to confirm you\u2019re not a bot',
    'soft-block': "This content isn't available, try again later",
    age: 'Sign in to confirm your age',
    members: 'Join this channel to get access to members-only content',
    region: 'The uploader has not made this video available in your country',
    upcoming: 'This live event will begin in',
  };

  test.each(Object.entries(words))('%s is told in YouTube’s words', async (behaviour, expected) => {
    internet.youtube.addVideo({ id: TEST_VIDEO, behaviour: behaviour as VideoBehaviour });
    const { exitCode, stderr } = await ytDlp(internet, { cwd, urls: [url(TEST_VIDEO)] });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^ERROR: /m);
    expect(stderr).toContain(expected);
    expect(await readdir(cwd)).toEqual([]);
  });

  test('of a video that was never added is that it is not available anymore', async () => {
    const { stderr } = await ytDlp(internet, { cwd, urls: [url('neveradded_')] });
    expect(stderr).toContain("This video isn't available anymore");
  });

  test('is none of a running broadcast, which yt-dlp knows as such', async () => {
    internet.youtube.addVideo({ id: TEST_VIDEO, behaviour: 'live' });
    const options = ['--dump-json'];
    const { exitCode, stdout } = await ytDlp(internet, { cwd, options, urls: [url(TEST_VIDEO)] });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ is_live: true, live_status: 'is_live' });
  });

  test('of the whole host comes before a video’s own and ends when the script says', async () => {
    internet.youtube.addVideo({ id: TEST_VIDEO, behaviour: 'private' });
    internet.youtube.addVideo({ id: 'fine_______' });
    internet.youtube.behaviour = { kind: 'bot-check', times: 2 };
    const urls = [TEST_VIDEO, 'fine_______', 'fine_______', TEST_VIDEO].map(url);
    const { stderr } = await ytDlp(internet, { cwd, options: ['-i', '--simulate'], urls });
    expect(stderr.match(/not a bot|Private video/g)).toEqual(['not a bot', 'not a bot', 'Private video']);
  });
});

describe('a fault', () => {
  test('429 of the player is a warning before an error that says something else', async () => {
    internet.youtube.addVideo({ id: TEST_VIDEO, faults: { player: { status: 429 } } });
    const { exitCode, stderr } = await ytDlp(internet, { cwd, urls: [url(TEST_VIDEO)] });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/WARNING: .*HTTP Error 429/);
    expect(stderr).toMatch(/ERROR: .*No video formats found/);
  });

  test('403 of the media is told', async () => {
    internet.youtube.addVideo({ id: TEST_VIDEO, lengthUnknown: true, faults: { media: { status: 403 } } });
    const { stderr } = await ytDlp(internet, { cwd, urls: [url(TEST_VIDEO)] });
    expect(stderr).toContain('unable to download video data: HTTP Error 403');
  });

  test('for the first request only is got over by a retry', async () => {
    const fault = { status: 503, times: 1 };
    internet.youtube.addVideo({ id: TEST_VIDEO, faults: { media: fault } });
    expect((await ytDlp(internet, { cwd, urls: [url(TEST_VIDEO)] })).exitCode).toBe(0);
    expect((await ytDlp(internet, { cwd, options: ['-R', '0'], urls: [url(TEST_VIDEO)] })).exitCode).toBe(0);
  });

  test('that cuts each connection is got over piece by piece where ranges are used', async () => {
    const media = { cutAfterBytes: 20_000 };
    internet.youtube.addVideo({ id: TEST_VIDEO, lengthUnknown: true, faults: { media } });
    const before = internet.requests.length;
    const options = ['-f', '136', '-o', 'cut.mp4'];
    expect((await ytDlp(internet, { cwd, options, urls: [url(TEST_VIDEO)] })).exitCode).toBe(0);
    expect((await probe(join(cwd, 'cut.mp4'))).streams).toHaveLength(1);
    const ranges = internet.requests
      .slice(before)
      .filter(({ path }) => path === '/videoplayback')
      .map(({ headers }) => headers.range);
    expect(ranges).toContainEqual(expect.stringMatching(/^bytes=20000-/));
  });

  test('that cuts before the first byte, every time, leaves the download failed', async () => {
    internet.youtube.addVideo({ id: TEST_VIDEO, faults: { media: { cutAfterBytes: 0 } } });
    const options = ['-R', '1', '--fragment-retries', '1'];
    expect((await ytDlp(internet, { cwd, options, urls: [url(TEST_VIDEO)] })).exitCode).toBe(1);
  });
});

test('an id that is none cannot be added', () => {
  expect(() => internet.youtube.addVideo({ id: '../../etc/pw' })).toThrow('not the id of a video');
});

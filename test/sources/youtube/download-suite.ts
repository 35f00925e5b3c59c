import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Internet, VideoBehaviour } from '../../../src/demo/internet/index.ts';
import { hashFile } from '../../../src/files/index.ts';
import { openHosts, policies } from '../../../src/hosts/index.ts';
import { downloadYoutubeWithContext, type YoutubeOptions } from '../../../src/sources/youtube/index.ts';
import type { TransferProgress } from '../../../src/sources/source.ts';
import { probe, startTestInternet } from '../../support/internet.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { outcomes, row, SUFFIX, through } from './loopback.ts';

/**
 * What a download of YouTube's does, whichever engine runs yt-dlp.
 * @param engine the path of a yt-dlp that makes it run in this way; none for the usual one
 */
export function testDownloads(engine: () => Promise<string | undefined>): void {
  let internet: Internet;
  let dir: string;
  let ytDlp: string | undefined;

  beforeAll(async () => {
    internet = await startTestInternet();
    ytDlp = await engine();
  });
  afterAll(async () => {
    await internet.close();
  });
  beforeEach(async () => {
    dir = await tempFolder();
    internet.youtube.faults = {};
    internet.youtube.behaviour = 'ok';
    internet.youtube.endsSessions = false;
  });

  const download = (url: string, options: YoutubeOptions = {}) =>
    downloadYoutubeWithContext(url, row, {
      ...through(internet, dir),
      ...options,
      tools: { ytDlp, ...options.tools },
    });

  const requestsTo = (path: string) => internet.requests.filter((request) => request.path === path).length;

  describe('a video', () => {
    it('arrives as one file with picture and sound, beside its transcript and their sidecars', async () => {
      const { id } = internet.youtube.addVideo({
        title: '../../evil "title", <b>',
        captions: [{ lang: 'en', text: 'hello' }],
      });
      const progress: TransferProgress[] = [];
      const result = await download(`youtu.be/${id}`, {
        generation: 2,
        onProgress: (report) => progress.push(report),
      });

      expect(result).toMatchObject({
        success: true,
        permanentFailure: false,
        mediaId: id,
        errorMessage: null,
        filesDownloaded: [`${id}${SUFFIX}.mp4`, `${id}${SUFFIX}.en.vtt`],
        metadataFile: `${id}${SUFFIX}_metadata.json`,
        downloadType: 'youtube',
      });
      expect(outcomes(result)).toEqual(['video: ok', 'transcript: ok']);
      const { streams } = await probe(join(dir, `${id}${SUFFIX}.mp4`));
      expect(streams.map(({ codec_type }) => codec_type)).toEqual(['video', 'audio']);
      expect(await readFile(join(dir, `${id}${SUFFIX}.en.vtt`), 'utf8')).toMatch(/^WEBVTT[^]*hello/);
      const [file] = result.items?.[0]?.files ?? [];
      expect(await hashFile(join(dir, `${id}${SUFFIX}.mp4`))).toEqual({
        size: file?.size,
        sha256: file?.sha256,
      });
      expect(JSON.parse(await readFile(join(dir, result.metadataFile ?? ''), 'utf8'))).toMatchObject({
        source_csv_row_id: '007',
        personality_type: row.type,
        title: '../../evil "title", <b>',
        channel: 'Loopback Channel',
        source_url: `https://www.youtube.com/watch?v=${id}`,
        generation: 2,
        tools: { 'yt-dlp': expect.any(String), ffmpeg: expect.any(String) },
      });
      expect((await readdir(dir)).toSorted()).toEqual(
        [
          `${id}${SUFFIX}.en.vtt`,
          `${id}${SUFFIX}.mp4`,
          `${id}${SUFFIX}.transcript_metadata.json`,
          `${id}${SUFFIX}_metadata.json`,
        ].toSorted(),
      );
      const last = progress.at(-1);
      expect(last).toMatchObject({ rowId: '007', downloadType: 'youtube', label: id });
      expect(last?.receivedBytes).toBe(last?.totalBytes);
    });

    it.each([
      [360, 360],
      ['720p', 720],
      [144, 360],
      [undefined, 720],
    ])(
      'asked for with %s lines has %s: at most so many, or the least there is',
      async (resolution, height) => {
        const { id } = internet.youtube.addVideo();
        await download(`youtu.be/${id}`, { resolution });
        const { streams } = await probe(join(dir, `${id}${SUFFIX}.mp4`));
        expect(streams.find(({ codec_type }) => codec_type === 'video')?.height).toBe(height);
      },
    );

    it.each([
      ['mkv', ['h264', 'aac']],
      ['webm', ['vp9', 'opus']],
      ['m4a', ['aac']],
      ['mp3', ['mp3']],
    ] as const)('asked for as %s is that', async (outputFormat, codecs) => {
      const { id } = internet.youtube.addVideo({ itags: [134, 140] });
      const result = await download(`youtu.be/${id}`, { outputFormat });
      expect(result.filesDownloaded).toEqual([`${id}${SUFFIX}.${outputFormat}`]);
      const { streams } = await probe(join(dir, `${id}${SUFFIX}.${outputFormat}`));
      expect(streams.map(({ codec_name }) => codec_name)).toEqual(codecs);
    });

    it('whose id begins with a dash arrives', async () => {
      internet.youtube.addVideo({ id: '-oMinusMinu' });
      const result = await download('https://youtu.be/-oMinusMinu', { resolution: 360 });
      expect(result.filesDownloaded).toEqual([`_-oMinusMinu${SUFFIX}.mp4`]);
    });

    it('lands in a folder whose name means something to yt-dlp', async () => {
      const { id } = internet.youtube.addVideo({ itags: [18] });
      const outputDir = join(dir, '100% $HOME %(title)s');
      expect((await download(`youtu.be/${id}`, { outputDir })).success).toBe(true);
      expect(await readdir(dir)).toEqual(['100% $HOME %(title)s']);
      expect(await readdir(outputDir)).toContain(`${id}${SUFFIX}.mp4`);
    });

    it('that is cut in the middle is continued', async () => {
      const { id } = internet.youtube.addVideo({ faults: { media: { cutAfterBytes: 3000, times: 1 } } });
      expect(outcomes(await download(`youtu.be/${id}`))[0]).toBe('video: ok');
    });

    it('that is cut again and again fails as cut short, and the next attempt continues it', async () => {
      const video = internet.youtube.addVideo({
        itags: [18],
        paddingBytes: 200_000,
        faults: { media: { cutAfterBytes: 50_000, times: 2 } },
      });
      const first = await download(`youtu.be/${video.id}`);
      expect(outcomes(first)[0]).toBe('video: short_body');
      expect(first).toMatchObject({ success: false, permanentFailure: false });
      const before = internet.requests.length;
      expect(outcomes(await download(`youtu.be/${video.id}`))[0]).toBe('video: ok');
      const ranges = internet.requests
        .slice(before)
        .filter(({ path }) => path === '/videoplayback')
        .map(({ headers }) => headers.range);
      expect(ranges[0]).toMatch(/^bytes=[1-9]/);
      expect((await readdir(dir)).some((name) => name.startsWith('.'))).toBe(false);
    });

    it('of which nothing arrives any more is given up', async () => {
      const { id } = internet.youtube.addVideo({ faults: { media: { latencyMs: 60_000 } } });
      const result = await download(`youtu.be/${id}`, { idleSeconds: 1.5 });
      expect(outcomes(result)[0]).toBe('video: timeout');
    });

    it('comes no faster than it may, by the figures of yt-dlp itself', async () => {
      const fastest = async (limitRate?: string) => {
        const { id } = internet.youtube.addVideo({
          itags: [18],
          paddingBytes: limitRate === undefined ? 1_500_000 : 150_000,
        });
        const speeds: number[] = [];
        const result = await download(`youtu.be/${id}`, {
          limitRate,
          onProgress: ({ bytesPerSecond }) => speeds.push(bytesPerSecond ?? 0),
        });
        expect(outcomes(result)[0]).toBe('video: ok');
        return Math.max(...speeds);
      };
      expect(await fastest('100k')).toBeLessThan(110 * 1024);
      expect(await fastest()).toBeGreaterThan(110 * 1024);
    });

    it('is fetched with the cookies, of which the original stays as it is', async () => {
      const { id } = internet.youtube.addVideo({ itags: [18] });
      const cookiesFile = join(dir, 'cookies.txt');
      const cookies =
        '# Netscape HTTP Cookie File\n.youtube.com\tTRUE\t/\tTRUE\t2000000000\tMARKER\tchocolate\n';
      await writeFile(cookiesFile, cookies);
      await download(`youtu.be/${id}`, { cookiesFile });
      expect(internet.requests.some(({ headers }) => headers.cookie?.includes('MARKER=chocolate'))).toBe(
        true,
      );
      expect(await readFile(cookiesFile, 'utf8')).toBe(cookies);
      await rm(cookiesFile);
      await expect(download(`youtu.be/${id}`, { cookiesFile })).rejects.toMatchObject({
        code: 'file_missing',
      });
    });
  });

  describe('a video that cannot be had', () => {
    it.each<[VideoBehaviour, string, boolean]>([
      ['private', 'private', true],
      ['removed', 'removed', true],
      ['terminated', 'removed', true],
      ['unavailable', 'removed', true],
      ['bot-check', 'bot_check', false],
      ['soft-block', 'soft_block', false],
      ['age', 'age_restricted', true],
      ['members', 'members_only', true],
      ['region', 'region_blocked', true],
      ['upcoming', 'upcoming', false],
      ['live', 'live_now', false],
    ])('because of %s fails as %s', async (behaviour, cause, permanentFailure) => {
      const { id } = internet.youtube.addVideo({ behaviour });
      const result = await download(`youtu.be/${id}`);
      expect(outcomes(result)).toEqual([`video: ${cause}`, `transcript: ${cause}`]);
      expect(result).toMatchObject({ success: false, permanentFailure, mediaId: null, filesDownloaded: [] });
      expect(await readdir(dir)).toEqual([]);
    });

    it('because it is being broadcast is not waited for: none of its media is asked for', async () => {
      const { id } = internet.youtube.addVideo({ behaviour: 'live', captions: [{ lang: 'en' }] });
      const before = internet.requests.length;
      const { errorMessage } = await download(`youtu.be/${id}`);
      expect(errorMessage).toContain('It is being broadcast: it can be had when it has ended.');
      const paths = internet.requests.slice(before).map(({ path }) => path);
      expect(paths).toContain('/watch');
      expect(paths.filter((path) => /videoplayback|hls_playlist|timedtext/.test(path))).toEqual([]);
    });

    const account = ['LOGIN_INFO', 'SAPISID', '__Secure-3PAPISID']
      .map((name) => `.youtube.com\tTRUE\t/\tTRUE\t2000000000\t${name}\tchocolate\n`)
      .join('');

    it.each<[VideoBehaviour, boolean, string, string]>([
      ['age', true, 'cookies_expired', 'The cookies are no longer valid'],
      ['members', true, 'cookies_expired', 'The cookies are no longer valid'],
      ['private', true, 'cookies_expired', 'The cookies are no longer valid'],
      ['age', false, 'age_restricted', 'confirm your age'],
      ['removed', true, 'removed', 'removed by the uploader'],
      ['bot-check', true, 'bot_check', 'the cookies are no longer valid'],
    ])(
      'because of %s, with cookies whose session YouTube ends (%s), fails as %s',
      async (behaviour, endsSessions, cause, words) => {
        const cookiesFile = join(dir, 'cookies.txt');
        await writeFile(cookiesFile, `# Netscape HTTP Cookie File\n${account}`);
        internet.youtube.endsSessions = endsSessions;
        const { id } = internet.youtube.addVideo({ behaviour });
        const result = await download(`youtu.be/${id}`, { cookiesFile });
        expect(outcomes(result)[0]).toBe(`video: ${cause}`);
        expect(result.errorMessage).toContain(words);
        expect(await readFile(cookiesFile, 'utf8')).toContain('LOGIN_INFO\tchocolate');
      },
    );

    it('because its media are refused costs its transcript nothing', async () => {
      const { id } = internet.youtube.addVideo({
        captions: [{ lang: 'en' }],
        faults: { media: { status: 403 } },
      });
      const result = await download(`youtu.be/${id}`);
      expect(outcomes(result)).toEqual(['video: media_forbidden', 'transcript: ok']);
      expect(result).toMatchObject({
        success: false,
        permanentFailure: false,
        filesDownloaded: [`${id}${SUFFIX}.en.vtt`],
      });
    });

    it.each([
      ['a video', () => `youtu.be/${internet.youtube.addVideo({ behaviour: 'removed' }).id}`, '/watch'],
      ['a playlist', () => 'https://www.youtube.com/playlist?list=PLgone', '/playlist'],
    ])('is not believed to be gone for good while the host turns us away: %s', async (_, link, path) => {
      const url = link();
      const hosts = openHosts({ policyOf: policies('off', Infinity) });
      const other = await hosts.host('YouTube').enter({ work: 'another', pauses: 'leave' });
      internet.youtube.faults = { page: { latencyMs: 2000 } };
      const before = internet.requests.length;
      const under = download(url, { hosts, generation: 1 });
      await expect
        .poll(() => internet.requests.slice(before).some((request) => request.path === path), {
          timeout: 60_000,
          interval: 20,
        })
        .toBe(true);
      await other?.end({ cause: 'bot_check', message: 'Are you a bot?' });
      const result = await under;
      expect(outcomes(result)[0]).toBe('video: bot_check');
      expect(result.permanentFailure).toBe(false);

      // Asked again by an open host, it is.
      internet.youtube.faults = {};
      const again = await download(url, { generation: 1 });
      expect(outcomes(again)[0]).toMatch(/^video: (removed|not_found)$/);
      expect(again.permanentFailure).toBe(true);
    });

    it('because the host asks us to slow down is no failure of the row', async () => {
      const { id } = internet.youtube.addVideo({
        faults: { page: { status: 429 }, player: { status: 429 } },
      });
      expect(outcomes(await download(`youtu.be/${id}`))[0]).toBe('video: too_many_requests');
    });

    it('because no proxy answers, or its certificate is not trusted, says which', async () => {
      const { id } = internet.youtube.addVideo();
      const closed = { proxy: 'http://127.0.0.1:9', caCertFile: null };
      expect(outcomes(await download(`youtu.be/${id}`, { network: closed }))[0]).toBe(
        'video: connection_failed',
      );
      const untrusted = { proxy: internet.proxyUrl, caCertFile: null };
      expect(outcomes(await download(`youtu.be/${id}`, { network: untrusted }))[0]).toBe('video: tls_failed');
    });

    it('because a program is missing fails as that, and no host is contacted', async () => {
      const { id } = internet.youtube.addVideo();
      const before = internet.requests.length;
      const noYtDlp = await download(`youtu.be/${id}`, { tools: { ytDlp: join(dir, 'none') } });
      expect(outcomes(noYtDlp)).toEqual(['video: ytdlp_missing', 'transcript: ytdlp_missing']);
      const noFfmpeg = await download(`youtu.be/${id}`, { tools: { ffmpeg: join(dir, 'none') } });
      expect(outcomes(noFfmpeg)[0]).toBe('video: ffmpeg_missing');
      expect(internet.requests.length).toBe(before);
    });

    it.each([
      ['https://vimeo.com/1', 'foreign_link'],
      ['file:///etc/passwd', 'foreign_link'],
      ['https://youtu.be/--exec=id', 'malformed_link'],
      ['https://www.youtube.com/@somebody', 'unsupported_link'],
    ])('because the link is %s fails as %s, and no host is contacted', async (url, cause) => {
      const before = internet.requests.length;
      const result = await download(url);
      expect(outcomes(result)).toEqual([`video: ${cause}`]);
      expect(result.permanentFailure).toBe(true);
      expect(internet.requests.length).toBe(before);
    });

    it('because the download folder cannot be made fails as such', async () => {
      const { id } = internet.youtube.addVideo();
      await writeFile(join(dir, 'file'), '');
      const result = await download(`youtu.be/${id}`, { outputDir: join(dir, 'file', 'below') });
      expect(outcomes(result)[0]).toBe('video: access_denied');
    });
  });

  describe('a transcript', () => {
    it('alone is fetched without the video, and needs no ffmpeg', async () => {
      const { id } = internet.youtube.addVideo({ captions: [{ lang: 'en' }] });
      const media = requestsTo('/videoplayback');
      const result = await download(`youtu.be/${id}`, { transcriptOnly: true, tools: { ffmpeg: '/none' } });
      expect(outcomes(result)).toEqual(['transcript: ok']);
      expect(result).toMatchObject({
        success: true,
        mediaId: id,
        filesDownloaded: [`${id}${SUFFIX}.en.vtt`],
      });
      expect(requestsTo('/videoplayback')).toBe(media);
    });

    it('that does not exist is gone for good: alone a failure, beside its video none', async () => {
      const { id } = internet.youtube.addVideo({ itags: [18], captions: [{ lang: 'fr' }] });
      const alone = await download(`youtu.be/${id}`, { transcriptOnly: true });
      expect(outcomes(alone)).toEqual(['transcript: no_captions']);
      expect(alone).toMatchObject({ success: false, permanentFailure: true });
      const both = await download(`youtu.be/${id}`);
      expect(outcomes(both)).toEqual(['video: ok', 'transcript: no_captions']);
      expect(both.success).toBe(true);
    });

    it('that is refused costs neither the video nor, for good, itself', async () => {
      const { id } = internet.youtube.addVideo({
        itags: [18],
        captions: [{ lang: 'en' }],
        faults: { timedtext: { status: 429 } },
      });
      const result = await download(`youtu.be/${id}`);
      expect(outcomes(result)).toEqual(['video: ok', 'transcript: too_many_requests']);
      expect(result).toMatchObject({
        success: false,
        permanentFailure: false,
        filesDownloaded: [`${id}${SUFFIX}.mp4`],
      });
    });

    const tracks = {
      manualEn: { lang: 'en', text: 'a person' },
      automaticEn: { lang: 'en', kind: 'asr', text: 'a machine' },
      manualDe: { lang: 'de', text: 'ein Mensch' },
    } as const;

    it.each([
      ['the first language that exists', [tracks.manualDe], ['fr', 'de', 'en'], 'de', 'ein Mensch'],
      [
        'the first language, also where a later one is by a person',
        [tracks.automaticEn, tracks.manualDe],
        ['en', 'de'],
        'en',
        'a machine',
      ],
      ['in a language what a person wrote', [tracks.automaticEn, tracks.manualEn], ['en'], 'en', 'a person'],
    ])('is %s', async (_, captions, subLangs, lang, words) => {
      const { id } = internet.youtube.addVideo({ captions });
      const { filesDownloaded } = await download(`youtu.be/${id}`, { transcriptOnly: true, subLangs });
      expect(filesDownloaded).toEqual([`${id}${SUFFIX}.${lang}.vtt`]);
      expect(await readFile(join(dir, filesDownloaded[0] ?? ''), 'utf8')).toContain(words);
    });

    it.each([
      ['srt', '1\n00:00:00,000 --> 00:00:01,000\nTom & Jerry\n\n2\n00:00:01,000 --> 00:00:02,000\nthe end\n'],
      ['txt', 'Tom & Jerry\nthe end\n'],
    ] as const)('is stored as %s where that is wanted', async (transcriptFormat, words) => {
      const { id } = internet.youtube.addVideo({ captions: [{ lang: 'en', text: 'Tom & Jerry\nthe end' }] });
      const result = await download(`youtu.be/${id}`, { transcriptOnly: true, transcriptFormat });
      expect(result.filesDownloaded).toEqual([`${id}${SUFFIX}.en.${transcriptFormat}`]);
      expect(await readFile(join(dir, result.filesDownloaded[0] ?? ''), 'utf8')).toBe(words);
      expect(JSON.parse(await readFile(join(dir, result.metadataFile ?? ''), 'utf8'))).toMatchObject({
        media_types: [transcriptFormat === 'srt' ? 'application/x-subrip' : 'text/plain'],
      });
    });

    it('is refused at a door of its own: the host that is named is not the one of the videos', async () => {
      const { id } = internet.youtube.addVideo({
        itags: [18],
        captions: [{ lang: 'en' }],
        faults: { timedtext: { status: 429 } },
      });
      const { items } = await download(`youtu.be/${id}`);
      expect(items?.map(({ failure }) => failure?.host ?? null)).toEqual([null, 'YouTube transcripts']);
    });

    it('is not asked for again in a download after it was refused once', async () => {
      const faults = { timedtext: { status: 429 } };
      const [a, b] = [1, 2].map(
        () => internet.youtube.addVideo({ itags: [18], captions: [{ lang: 'en' }], faults }).id,
      );
      const before = requestsTo('/api/timedtext');
      const result = await download(`youtu.be/${a} youtu.be/${b}`);
      expect(outcomes(result)).toEqual([
        'video: ok',
        'transcript: too_many_requests',
        'video: ok',
        'transcript: too_many_requests',
      ]);
      expect(requestsTo('/api/timedtext')).toBe(before + 1);
    });
  });

  describe('a download of several videos', () => {
    it('asks nobody for what cannot be had for good, when it is tried again for other items', async () => {
      const gone = internet.youtube.addVideo({ behaviour: 'removed' }).id;
      const cut = internet.youtube.addVideo({ faults: { media: { status: 403 } } });
      const again = internet.youtube.addVideo({ itags: [18] }).id;
      const url = `youtu.be/${gone} youtu.be/${cut.id} youtu.be/${again}`;
      const first = await download(url, { generation: 1 });
      expect(outcomes(first)).toEqual([
        'video: removed',
        'transcript: removed',
        'video: media_forbidden',
        'transcript: no_captions',
        'video: ok',
        'transcript: no_captions',
      ]);
      cut.faults = {};
      const before = internet.requests.length;
      const done = [{ kind: 'video', mediaId: again } as const];
      const second = await download(url, { generation: 1, done });
      expect(outcomes(second)).toEqual([
        'video: removed',
        'transcript: removed',
        'video: ok',
        'transcript: no_captions',
        'transcript: no_captions',
      ]);
      expect(second.success).toBe(true);
      const asked = internet.requests.slice(before).filter(({ path }) => path === '/watch');
      expect(asked.map(({ query }) => query.get('v'))).toEqual([cut.id]);
      expect((await readdir(dir)).some((name) => name.startsWith('.'))).toBe(false);
    });

    it('asks again for everything after a reset, and for what needs an account when there are cookies', async () => {
      const gone = internet.youtube.addVideo({ behaviour: 'removed' });
      const cut = internet.youtube.addVideo({ faults: { media: { status: 403, times: 8 } } });
      const url = `youtu.be/${gone.id} youtu.be/${cut.id}`;
      const cookiesFile = join(dir, 'cookies.txt');
      await writeFile(
        cookiesFile,
        '# Netscape HTTP Cookie File\n.youtube.com\tTRUE\t/\tTRUE\t2000000000\tA\tb\n',
      );
      await download(url, { generation: 1 });
      gone.behaviour = 'ok';
      expect(outcomes(await download(url, { generation: 1 }))[0]).toBe('video: removed');
      expect(outcomes(await download(url, { generation: 1, cookiesFile }))[0]).toBe('video: ok');
      expect(outcomes(await download(url, { generation: 2 }))[0]).toBe('video: ok');
    });

    it('takes up what a playlist has got since, and fetches nothing else again', async () => {
      const ids = [1, 2].map(() => internet.youtube.addVideo({ itags: [18] }).id);
      const playlist = internet.youtube.addPlaylist({ id: 'PLgrows', videoIds: ids });
      const url = 'https://www.youtube.com/playlist?list=PLgrows';
      await download(url);
      const added = internet.youtube.addVideo({ itags: [18] }).id;
      playlist.videoIds = [added, ...ids];
      const done = ids.flatMap((mediaId) => [
        { kind: 'video', mediaId } as const,
        { kind: 'transcript', mediaId } as const,
      ]);
      const before = requestsTo('/watch');
      const result = await download(url, { done });
      expect(result).toMatchObject({ success: true, mediaId: added });
      expect(requestsTo('/watch')).toBe(before + 1);
    });

    it('takes every form of a link to a video, in order, and each video once', async () => {
      const ids = Array.from(
        { length: 6 },
        () => internet.youtube.addVideo({ captions: [{ lang: 'en' }] }).id,
      );
      const [a, b, c, d, e, f] = ids;
      const cell = [
        `https://www.youtube.com/watch?v=${a}&list=PLwhatever&t=9`,
        `https://youtu.be/${b}?si=xyz`,
        `https://www.youtube.com/shorts/${c}`,
        `https://www.youtube.com/live/${d}?feature=share`,
        `https://www.youtube.com/embed/${e}`,
        `https://www.youtube.com/watch_videos?video_ids=${f},${a},${f}`,
      ].join(' | ');
      const before = internet.requests.length;
      const result = await download(cell, { transcriptOnly: true });
      expect(result).toMatchObject({ success: true, mediaId: ids.join(',') });
      const visited = internet.requests.slice(before).filter(({ path }) => path === '/watch');
      expect(visited.map(({ query }) => query.get('v'))).toEqual(ids);
    });

    it('goes on after one that is gone', async () => {
      const ok = internet.youtube.addVideo({ itags: [18] }).id;
      const gone = internet.youtube.addVideo({ behaviour: 'removed' }).id;
      const last = internet.youtube.addVideo({ itags: [18] }).id;
      const result = await download(`https://www.youtube.com/watch_videos?video_ids=${ok},${gone},${last}`);
      expect(outcomes(result)).toEqual([
        'video: ok',
        'transcript: no_captions',
        'video: removed',
        'transcript: removed',
        'video: ok',
        'transcript: no_captions',
      ]);
      expect(result).toMatchObject({ success: true, mediaId: `${ok},${last}` });
      expect(result.items?.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4, 5]);
    });

    it('stops at the first refusal of the host as a whole', async () => {
      const blocked = internet.youtube.addVideo({ behaviour: 'bot-check' }).id;
      const next = internet.youtube.addVideo().id;
      const before = requestsTo('/watch');
      const result = await download(`youtu.be/${blocked}|youtu.be/${next}`);
      expect(new Set(outcomes(result))).toEqual(new Set(['video: bot_check', 'transcript: bot_check']));
      expect(result.items).toHaveLength(4);
      expect(requestsTo('/watch')).toBe(before + 1);
    });

    it('is read from a playlist of several pages; its dead entries are not visited', async () => {
      const ids = [1, 2, 3].map(() => internet.youtube.addVideo({ itags: [18] }).id);
      const hidden = internet.youtube.addVideo({ behaviour: 'private' }).id;
      internet.youtube.addPlaylist({ id: 'PLpages', videoIds: [...ids, hidden, 'deleted1234'], pageSize: 2 });
      const result = await download('https://www.youtube.com/playlist?list=PLpages');
      expect(outcomes(result).filter((outcome) => outcome.startsWith('video'))).toEqual([
        'video: ok',
        'video: ok',
        'video: ok',
        'video: private',
        'video: removed',
      ]);
      expect(result).toMatchObject({ success: true, mediaId: ids.join(',') });
      expect(internet.requests.some(({ query }) => query.get('v') === 'deleted1234')).toBe(false);
    });

    it('is nothing when the playlist does not exist', async () => {
      const result = await download('https://www.youtube.com/playlist?list=PLmissing');
      expect(outcomes(result)).toEqual(['video: not_found']);
      expect(result).toMatchObject({ permanentFailure: true, mediaId: null });
    });

    it('does not fetch again what earlier attempts brought', async () => {
      const { id } = internet.youtube.addVideo({ itags: [18], captions: [{ lang: 'en' }] });
      const media = requestsTo('/videoplayback');
      const result = await download(`youtu.be/${id}`, { done: [{ kind: 'video', mediaId: id }] });
      expect(outcomes(result)).toEqual(['transcript: ok']);
      expect(result.success).toBe(true);
      expect(requestsTo('/videoplayback')).toBe(media);
      const before = internet.requests.length;
      const nothing = await download(`youtu.be/${id}`, {
        done: [
          { kind: 'video', mediaId: id },
          { kind: 'transcript', mediaId: id },
        ],
      });
      expect(nothing).toMatchObject({ success: true, items: [] });
      expect(internet.requests.length).toBe(before);
    });

    it('takes over what was finished but not recorded, in the same generation only', async () => {
      const { id } = internet.youtube.addVideo({ itags: [18], title: 'Kept' });
      const first = await download(`youtu.be/${id}`, { generation: 1 });
      const before = requestsTo('/videoplayback');
      const second = await download(`youtu.be/${id}`, { generation: 1 });
      expect(second.items?.[0]).toEqual(first.items?.[0]);
      expect(requestsTo('/videoplayback')).toBe(before);
      await download(`youtu.be/${id}`, { generation: 2 });
      expect(requestsTo('/videoplayback')).toBeGreaterThan(before);
      expect((await stat(join(dir, `${id}${SUFFIX}.mp4`))).isFile()).toBe(true);
      expect(await readdir(dir)).not.toContain(`${id}${SUFFIX}~2.mp4`);
    });
  });
}

import { describe, expect, it } from 'vitest';
import { classifyTranscriptFailure } from '../../../src/sources/youtube/failure.ts';
import { classifyYtDlpFailure } from '../../../src/sources/youtube/index.ts';

const NOW = new Date('2026-11-26T10:00:00.000Z');
const classify = (...stderr: string[]) => classifyYtDlpFailure({ exitCode: 1, signal: null, stderr }, NOW);
const cause = (...stderr: string[]) => classify(...stderr).cause;

describe('what yt-dlp says', () => {
  it.each([
    [
      "ERROR: [youtube] aaaaaaaaaaa: Private video. Sign in if you've been granted access to this video",
      'private',
    ],
    [
      'ERROR: [youtube] aaaaaaaaaaa: Video unavailable. This video has been removed by the uploader',
      'removed',
    ],
    [
      'ERROR: [youtube] aaaaaaaaaaa: Video unavailable. This video is no longer available because the YouTube account associated with this video has been terminated.',
      'removed',
    ],
    ["ERROR: [youtube] aaaaaaaaaaa: Video unavailable. This video isn't available anymore", 'removed'],
    ['ERROR: [youtube] aaaaaaaaaaa: Video unavailable', 'removed'],
    ["ERROR: [youtube] aaaaaaaaaaa: Sign in to confirm you're not a bot. Use --cookies", 'bot_check'],
    ['ERROR: [youtube] aaaaaaaaaaa: Sign in to confirm you\u2019re not a bot', 'bot_check'],
    [
      "ERROR: [youtube] aaaaaaaaaaa: Video unavailable. This content isn't available, try again later.",
      'soft_block',
    ],
    [
      'ERROR: [youtube] aaaaaaaaaaa: Video unavailable. This content isn\u2019t available, try again later',
      'soft_block',
    ],
    [
      'ERROR: [youtube] aaaaaaaaaaa: Unable to download API page: HTTP Error 429: Too Many Requests',
      'too_many_requests',
    ],
    [
      'ERROR: [youtube] aaaaaaaaaaa: Sign in to confirm your age. This video may be inappropriate',
      'age_restricted',
    ],
    ['ERROR: [youtube] aaaaaaaaaaa: Join this channel to get access to members-only content', 'members_only'],
    ['ERROR: [youtube] aaaaaaaaaaa: This live event will begin in 2 hours.', 'upcoming'],
    ['ERROR: [youtube] aaaaaaaaaaa: Premieres in 3 days', 'upcoming'],
    [
      'ERROR: [youtube] aaaaaaaaaaa: The uploader has not made this video available in your country',
      'region_blocked',
    ],
    ['ERROR: unable to download video data: HTTP Error 403: Forbidden', 'media_forbidden'],
    ['ERROR: [download] Got error: HTTP Error 403: Forbidden. Giving up after 5 retries', 'media_forbidden'],
    ['ERROR: [youtube:tab] YouTube said: The playlist does not exist.', 'not_found'],
    [
      'ERROR: [youtube] aaaaaaaaaaa: Unable to download webpage: HTTP Error 503: Service Unavailable',
      'server_error',
    ],
    ['ERROR: Unable to download webpage: <urlopen error [Errno -2] Name or service not known>', 'dns_failed'],
    [
      'ERROR: Unable to download webpage: <urlopen error [Errno 111] Connection refused>',
      'connection_failed',
    ],
    ['ERROR: <urlopen error [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed>', 'tls_failed'],
    ['ERROR: Unable to download API page: The read operation timed out', 'timeout'],
    ['ERROR: [download] Got error: Downloaded 9000 bytes, expected 33285 bytes. Giving up', 'short_body'],
    ['ERROR: unable to write data: [Errno 28] No space left on device', 'disk_full'],
    ['ERROR: Postprocessing: ffmpeg not found. Please install', 'ffmpeg_missing'],
    ['ERROR: Something that nobody has seen', 'ytdlp_failed'],
  ])('%j is %s', (line, expected) => {
    expect(cause(line)).toBe(expected);
    expect(cause(`${line}; please report this issue on https://github.com/, filling out the template`)).toBe(
      expected,
    );
  });

  it.each(['Failed to extract any player response', 'No video formats found!', 'Video unavailable'])(
    'a warning about too many requests explains the error "%s" that follows',
    (error) => {
      const warning = 'WARNING: [youtube] Unable to download webpage: HTTP Error 429: Too Many Requests';
      expect(cause(warning, `ERROR: [youtube] aaaaaaaaaaa: ${error}`)).toBe('too_many_requests');
      expect(cause(`ERROR: [youtube] aaaaaaaaaaa: ${error}`)).not.toBe('too_many_requests');
    },
  );

  it('a warning about too many requests does not hide that a video is private', () => {
    const warning = 'WARNING: [youtube] HTTP Error 429: Too Many Requests. Retrying (1/3)...';
    expect(cause(warning, 'ERROR: [youtube] aaaaaaaaaaa: Private video. Sign in')).toBe('private');
  });

  it.each([
    ['This live event will begin in 2 hours.', '2026-11-26T12:00:00.000Z'],
    ['This live event will begin in 45 minutes', '2026-11-26T10:45:00.000Z'],
    ['Premieres in 3 days', '2026-11-29T10:00:00.000Z'],
    ['Premieres in an hour', '2026-11-26T11:00:00.000Z'],
    ['Premieres in 3 months', '2026-12-03T10:00:00.000Z'],
    ['This live event will begin in a few moments.', '2026-11-26T11:00:00.000Z'],
    ['Premiere will begin shortly', '2026-11-26T11:00:00.000Z'],
    ["We're processing this video. Check back later.", '2026-11-26T11:00:00.000Z'],
  ])('of what is yet to come when it may be had: %s', (words, notBefore) => {
    const told = classify(`ERROR: [youtube] aaaaaaaaaaa: ${words}`);
    expect(told).toEqual({
      cause: 'upcoming',
      message: expect.stringContaining('again at 2026-'),
      notBefore,
    });
    expect(told.message).toContain(`${notBefore.slice(0, 16).replace('T', ' ')} UTC`);
  });

  describe('after YouTube took back the cookies', () => {
    const warning =
      'WARNING: [youtube] The provided YouTube account cookies are no longer valid. They have likely been rotated in the browser as a security measure.';
    const error = (words: string) => `ERROR: [youtube] aaaaaaaaaaa: ${words}`;

    it.each([
      ['Sign in to confirm your age. This video may be inappropriate for some users.', 'cookies_expired'],
      ["Private video. Sign in if you've been granted access to this video", 'cookies_expired'],
      ['Join this channel to get access to members-only content', 'cookies_expired'],
      ['Please sign in. Use --cookies-from-browser or --cookies for the authentication.', 'cookies_expired'],
      ['Login details are needed to download this content.', 'cookies_expired'],
      ['Video unavailable. This video has been removed by the uploader', 'removed'],
      ['Sign in to confirm you\u2019re not a bot', 'bot_check'],
      ['Something that nobody has seen', 'ytdlp_failed'],
    ])('"%s" is %s', (words, expected) => {
      expect(cause(warning, error(words))).toBe(expected);
      expect(cause(error(words))).not.toBe('cookies_expired');
      const silent = { exitCode: 1, signal: null, stderr: [error(words)], signedOut: true };
      expect(classifyYtDlpFailure(silent, NOW).cause).toBe(expected);
    });

    it('a bot check says so besides, and stays one of the host', () => {
      const { message } = classify(warning, error('Sign in to confirm you\u2019re not a bot'));
      expect(message).toContain('not a bot (the cookies are no longer valid)');
    });
  });

  it('a refused transcript says nothing about the video, and a failed video nothing about its transcript', () => {
    const subtitles =
      "WARNING: Unable to download video subtitles for 'en': HTTP Error 429: Too Many Requests";
    const media = 'ERROR: unable to download video data: HTTP Error 403: Forbidden';
    expect(cause(subtitles, media)).toBe('media_forbidden');
    const evidence = { exitCode: 1, signal: null, stderr: [subtitles, media] };
    expect(classifyTranscriptFailure(evidence)?.cause).toBe('too_many_requests');
    expect(classifyTranscriptFailure({ ...evidence, stderr: [media] })).toBeNull();
  });

  it('subtitles that YouTube holds back may come another time', () => {
    const held =
      'WARNING: [youtube] aaaaaaaaaaa: There are missing subtitles languages because a PO token was not provided.';
    expect(classifyTranscriptFailure({ exitCode: 0, signal: null, stderr: [held] })?.cause).toBe(
      'ytdlp_failed',
    );
  });

  it('is passed on in one short line without its dressing', () => {
    const { message } = classify(`ERROR: [youtube] aaaaaaaaaaa: Odd   thing\t${'x'.repeat(900)}`);
    expect(message).toMatch(/^yt-dlp: Odd thing x+\u2026$/);
    expect(message.length).toBeLessThan(320);
  });

  it('may be nothing at all, and then its end is told', () => {
    expect(classify().message).toContain('code 1');
    expect(classifyYtDlpFailure({ exitCode: null, signal: 'SIGSEGV', stderr: [] }, NOW).message).toContain(
      'SIGSEGV',
    );
  });

  it('is a traceback where it crashed, and the last line names the error', () => {
    const { cause: found, message } = classify(
      'Traceback (most recent call last):',
      'ModuleNotFoundError: yt_dlp',
    );
    expect([found, message]).toEqual(['ytdlp_failed', 'yt-dlp: ModuleNotFoundError: yt_dlp']);
  });
});

import { describe, expect, it } from 'vitest';
import { fetchArguments, scanArguments, type RunSettings } from '../../../src/sources/youtube/arguments.ts';
import { mediaRequest } from '../../../src/sources/youtube/request.ts';
import { playlistTarget, videoTarget } from '../../../src/sources/youtube/targets.ts';

const settings: RunSettings = {
  version: '2026.08.19',
  pace: 'polite',
  retries: 5,
  cookiesFile: null,
  ffmpeg: '/opt/ffmpeg',
  limitRate: null,
  mark: 'mark:',
  node: '/opt/node',
};
const job = {
  target: videoTarget('-aaaaaaaaaa'),
  wanted: { video: true, transcript: true },
  media: mediaRequest({ resolution: '720p' }),
  folder: '/stage/100%',
};
const after = (args: readonly string[], option: string) => args[args.indexOf(option) + 1];

describe('the arguments of yt-dlp', () => {
  it('end with the rebuilt URL after a double dash', () => {
    expect(fetchArguments(settings, job).slice(-2)).toEqual([
      '--',
      'https://www.youtube.com/watch?v=-aaaaaaaaaa',
    ]);
    expect(scanArguments(settings, playlistTarget('PLa'), '/stage').slice(-2)).toEqual([
      '--',
      'https://www.youtube.com/playlist?list=PLa',
    ]);
  });

  it('name files without any metadata, in a folder whose % is no field', () => {
    expect(after(fetchArguments(settings, job), '--output')).toBe('/stage/100%%/media.%(ext)s');
  });

  it.each([
    ['2023.03.04', false, false],
    ['2025.11.11', true, false],
    ['2025.11.12', true, true],
    ['2025.11.12.233015', true, true],
    ['2026.01.02', true, true],
  ])('of version %s hold only what that version knows', (version, progressDelta, jsRuntimes) => {
    const args = fetchArguments({ ...settings, version }, job);
    expect(args.includes('--progress-delta')).toBe(progressDelta);
    expect(args.includes('--js-runtimes')).toBe(jsRuntimes);
  });

  it('pause between requests unless told not to', () => {
    expect(after(fetchArguments(settings, job), '--sleep-requests')).toBe('0.75');
    expect(fetchArguments({ ...settings, pace: 'off' }, job)).not.toContain('--sleep-requests');
  });

  it('fetch only what is wanted', () => {
    const video = fetchArguments(settings, { ...job, wanted: { video: true, transcript: false } });
    expect(video).not.toContain('--write-subs');
    const transcript = fetchArguments(settings, { ...job, wanted: { video: false, transcript: true } });
    expect(transcript).toContain('--skip-download');
    expect(transcript).not.toContain('--format');
  });

  it('never hide warnings and never run another program', () => {
    const args = fetchArguments(settings, job);
    for (const forbidden of [
      '--no-warnings',
      '--exec',
      '--downloader',
      '--netrc-cmd',
      '--enable-file-urls',
    ]) {
      expect(args).not.toContain(forbidden);
    }
  });
});

describe('what a caller asks for', () => {
  it.each([720, '720', '720p', ' 720P '])('may give the resolution as %j', (resolution) => {
    expect(mediaRequest({ resolution }).resolution).toBe(720);
  });

  it.each([
    { resolution: 'high' },
    { resolution: 0 },
    { resolution: '720;rm' },
    { outputFormat: 'exe' },
    { subLangs: ['-all'] },
    { subLangs: ['en.*'] },
    { subLangs: ['en,de'] },
  ])('is refused when it makes no sense: %j', (given) => {
    expect(() => mediaRequest(given)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

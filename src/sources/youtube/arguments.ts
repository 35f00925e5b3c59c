import { formatArguments } from './format-selection.ts';
import type { MediaRequest } from './request.ts';
import type { YoutubeTarget } from './targets.ts';

/** `polite` leaves pauses between requests, so that YouTube does not take us for an attack. */
export type Pace = 'polite' | 'off';

/** What every run of yt-dlp needs to know. */
export interface RunSettings {
  readonly version: string;
  readonly pace: Pace;
  /** How often a transfer that was cut is continued within one run. */
  readonly retries: number;
  /** A private copy that yt-dlp may write to, or null. */
  readonly cookiesFile: string | null;
  readonly ffmpeg: string | null;
  /** Stands in front of each line that is meant for us. */
  readonly mark: string;
  /** Bytes a second of one transfer, as yt-dlp writes it (`2M`); null for as fast as it goes. */
  readonly limitRate: string | null;
  /** Path of a Node that may solve YouTube's JavaScript puzzles. */
  readonly node: string;
}

export interface Wanted {
  readonly video: boolean;
  readonly transcript: boolean;
}

/** Seconds between requests at polite pace; about 300 videos an hour go through a session without an account. */
const POLITE_SECONDS = '0.75';

/** The first release that knows `--js-runtimes`. */
const JS_RUNTIMES_SINCE = '2025.11.12';

/** The first release that can be told how often to report progress. */
const PROGRESS_DELTA_SINCE = '2024.04.09';

/**
 * The arguments that fetch one video, its transcript, or both in one start. A subtitle that fails aborts the whole
 * run unless errors are ignored; success is judged by what arrived, never by the exit code alone.
 * @param folder absolute; everything is written into it under fixed names, so that no metadata becomes a path
 */
export function fetchArguments(
  settings: RunSettings,
  {
    target,
    wanted,
    media,
    folder,
  }: {
    readonly target: YoutubeTarget;
    readonly wanted: Wanted;
    readonly media: MediaRequest;
    readonly folder: string;
  },
): readonly string[] {
  const { mark } = settings;
  return [
    ...commonArguments(settings),
    ...['--no-playlist', '--no-simulate', '--ignore-errors', '--continue', '--no-mtime'],
    // A running broadcast has no end to wait for.
    ...['--match-filters', '!is_live'],
    ...['--output', `${templatePath(folder)}/media.%(ext)s`],
    ...['--print', `pre_process:${mark}seen:${INFO}`, '--print', `video:${mark}info:${INFO}`],
    ...(wanted.transcript
      ? ['--write-subs', '--write-auto-subs', '--sub-langs', media.subLangs.join(','), '--sub-format', 'vtt']
      : []),
    ...(wanted.video
      ? [
          ...formatArguments(media),
          ...[
            '--print',
            `before_dl:${mark}sizes:%(requested_formats.:.{format_id,filesize,filesize_approx})j`,
          ],
          ...['--print', `after_move:${mark}file:%(.{id,filepath,vcodec,acodec})j`],
          ...['--progress', '--progress-template', `download:${mark}progress:${PROGRESS}`],
          ...(isSince(settings.version, PROGRESS_DELTA_SINCE) ? ['--progress-delta', '0.25'] : []),
        ]
      : ['--skip-download']),
    ...['--', target.url],
  ];
}

/** The arguments that list a playlist, one line an entry, without looking at the videos. */
export function scanArguments(
  settings: RunSettings,
  target: YoutubeTarget,
  folder: string,
): readonly string[] {
  return [
    ...commonArguments(settings),
    ...['--flat-playlist', '--yes-playlist'],
    ...['--output', `${templatePath(folder)}/scan`],
    ...['--print', `video:${settings.mark}entry:%(.{id,title})j`],
    ...['--', target.url],
  ];
}

const INFO = '%(.{id,title,channel,uploader,duration,live_status,requested_subtitles})j';
const PROGRESS =
  '{"format":%(info.format_id)j,"progress":%(progress.{status,downloaded_bytes,total_bytes,total_bytes_estimate,speed,eta})j}';

function commonArguments(settings: RunSettings): readonly string[] {
  return [
    ...[
      '--ignore-config',
      '--no-update',
      '--compat-options',
      'no-certifi',
      '--ies',
      'youtube.*',
      '--no-cache-dir',
    ],
    ...['--socket-timeout', '20', '--extractor-retries', '3'],
    ...['--retries', String(settings.retries), '--fragment-retries', String(settings.retries)],
    ...['--retry-sleep', 'exp=1:20', '--quiet', '--newline'],
    ...(settings.pace === 'polite' ? ['--sleep-requests', POLITE_SECONDS] : []),
    ...(settings.cookiesFile === null ? [] : ['--cookies', settings.cookiesFile]),
    ...(settings.limitRate === null ? [] : ['--limit-rate', settings.limitRate]),
    ...(settings.ffmpeg === null ? [] : ['--ffmpeg-location', settings.ffmpeg]),
    ...(isSince(settings.version, JS_RUNTIMES_SINCE) ? ['--js-runtimes', `node:${settings.node}`] : []),
  ];
}

/** yt-dlp reads `%` in a path as the start of a field, and `$NAME` as a variable of the environment. */
function templatePath(folder: string): string {
  return folder.includes('$') ? '.' : folder.replaceAll('%', '%%');
}

function isSince(version: string, release: string): boolean {
  const [a, b] = [version, release].map((text) => text.split('.').slice(0, 3).map(Number));
  for (const [index, part] of (b ?? []).entries()) {
    const other = a?.[index] ?? 0;
    if (other !== part) return other > part;
  }
  return true;
}

import type { MediaRequest, OutputFormat } from './request.ts';

/**
 * Codecs that players of a container expect, after resolution and frame rate. `res:720` prefers the largest picture
 * up to 720 lines and, where all are larger, the smallest of them; it means the shorter side, so that an upright
 * video is not cut down to a third.
 */
const CODEC_ORDER: Readonly<Record<OutputFormat, string>> = {
  mp4: 'vcodec:h264,acodec:aac',
  mkv: '',
  webm: 'vcodec:vp9,acodec:opus',
  m4a: 'acodec:aac',
  mp3: '',
};

/** yt-dlp's options that choose the media and make one file of the asked format out of them. */
export function formatArguments({ resolution, format }: MediaRequest): readonly string[] {
  if (format === 'm4a' || format === 'mp3') {
    return ['--format', 'ba/b', ...sort(CODEC_ORDER[format]), '--extract-audio', '--audio-format', format];
  }
  const res = resolution === null ? 'res' : `res:${resolution}`;
  return [
    ...['--format', 'bv*+ba/b/bv*', ...sort(`${res},fps`, CODEC_ORDER[format])],
    // Not every codec fits into WebM: what does not is merged into Matroska first and encoded anew.
    ...(format === 'webm'
      ? ['--merge-output-format', 'webm/mkv', '--recode-video', 'webm']
      : ['--merge-output-format', format, '--remux-video', format]),
  ];
}

function sort(...orders: readonly string[]): readonly string[] {
  const order = orders.filter((text) => text !== '').join(',');
  return order === '' ? [] : ['--format-sort', order];
}

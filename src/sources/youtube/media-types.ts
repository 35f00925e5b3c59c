import { extname } from 'node:path';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.mp4': 'video/mp4',
  '.mkv': 'video/x-matroska',
  '.webm': 'video/webm',
  '.m4a': 'audio/mp4',
  '.mp3': 'audio/mpeg',
  '.vtt': 'text/vtt',
  '.srt': 'application/x-subrip',
  '.txt': 'text/plain',
};

/** By what follows the stem of a video's or a transcript's name. */
export function mediaTypeOf(extension: string): string {
  return MEDIA_TYPES[extname(extension)] ?? MEDIA_TYPES[extension] ?? 'application/octet-stream';
}

import { extname } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.m4a': 'audio/mp4',
  '.mkv': 'video/x-matroska',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.pdf': 'application/pdf',
  '.srt': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.vtt': 'text/vtt; charset=utf-8',
  '.webm': 'video/webm',
};

/** The type that an object is stored with. Of what may be a page or a picture that runs scripts nothing is said: it is bytes. */
export function typeOfName(path: string): string {
  return TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
}

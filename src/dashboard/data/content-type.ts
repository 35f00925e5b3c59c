import { isUtf8 } from 'node:buffer';
import { fileTypeFromBuffer } from 'file-type';
import type { RowFile } from '../contract.ts';
import type { InsideFile } from './inside-folders.ts';

/** Bytes by which a file is recognised. */
const LOOKED_AT = 4100;
const TEXT = 'text/plain; charset=utf-8';
const ANYTHING = 'application/octet-stream';
/** What browsers show without running anything in it. */
const IMAGES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp']);

export interface Content {
  readonly mime: string;
  readonly preview: RowFile['preview'];
}

/** What a file is by its content, never by its name: what could run in a browser is text or nothing in particular. */
export async function contentOf(file: Pick<InsideFile, 'head'>): Promise<Content> {
  const bytes = await file.head(LOOKED_AT);
  const mime = (await fileTypeFromBuffer(bytes).catch(() => undefined))?.mime ?? '';
  if (mime.startsWith('video/')) return { mime, preview: 'video' };
  if (mime.startsWith('audio/')) return { mime, preview: 'audio' };
  if (IMAGES.has(mime)) return { mime, preview: 'image' };
  if (mime === 'application/pdf') return { mime, preview: 'pdf' };
  return isText(bytes) ? { mime: TEXT, preview: 'text' } : { mime: ANYTHING, preview: null };
}

/** The last letter may be cut in two. */
function isText(bytes: Buffer): boolean {
  if (bytes.includes(0)) return false;
  for (let cut = 0; cut < 4; cut++) if (isUtf8(bytes.subarray(0, bytes.length - cut))) return true;
  return false;
}

import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { VideoInfo } from './printed-lines.ts';

/** A transcript in its staging folder. */
export interface TranscriptFile {
  readonly path: string;
  readonly lang: string;
}

const PREFIX = 'media.';
const EXTENSION = '.vtt';

/**
 * The languages that a video has, in the order in which they are wanted: what a person wrote before what was made
 * automatically, and within each the order of `preferred`.
 */
export function byPreference(
  subtitles: VideoInfo['subtitles'],
  preferred: readonly string[],
): readonly string[] {
  const rank = (lang: string) => (preferred.includes(lang) ? preferred.indexOf(lang) : preferred.length);
  return subtitles
    .toSorted((a, b) => Number(a.automatic) - Number(b.automatic) || rank(a.lang) - rank(b.lang))
    .map(({ lang }) => lang);
}

/** The first of the languages whose file arrived in a folder and is a transcript; null when there is none. */
export async function findTranscript(
  folder: string,
  languages: readonly string[],
): Promise<TranscriptFile | null> {
  const names = new Set(await readdir(folder));
  for (const lang of languages) {
    const name = `${PREFIX}${lang}${EXTENSION}`;
    const path = join(folder, name);
    if (names.has(name) && (await isWebVtt(path))) return { path, lang };
  }
  return null;
}

/** A page of HTML that came with status 200 is no transcript. */
async function isWebVtt(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0);
    return /^\uFEFF?WEBVTT(?:\s|$)/.test(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await file.close();
  }
}

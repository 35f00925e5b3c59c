import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { convertTranscript, type TranscriptFormat } from './transcript-format.ts';

/** A transcript in its staging folder. */
export interface TranscriptFile {
  readonly path: string;
  readonly lang: string;
}

const PREFIX = 'media.';
const EXTENSION = '.vtt';

/**
 * The first of the preferred languages that a video has, or any where yt-dlp names it otherwise; null where it has none.
 * Within a language yt-dlp itself takes what a person wrote before what was made automatically. Pure.
 */
export function chooseLanguage(found: readonly string[], preferred: readonly string[]): string | null {
  return preferred.find((lang) => found.includes(lang)) ?? found[0] ?? null;
}

/** The transcript that arrived in a folder; null when there is none. */
export async function findTranscript(folder: string, lang: string): Promise<TranscriptFile | null> {
  const name = `${PREFIX}${lang}${EXTENSION}`;
  const path = join(folder, name);
  if (!(await readdir(folder)).includes(name) || !(await isWebVtt(path))) return null;
  return { path, lang };
}

/**
 * A transcript in the format that is wanted: itself, or another file beside it.
 * @throws the system error of reading or writing
 */
export async function inFormat(
  { path, lang }: TranscriptFile,
  format: TranscriptFormat,
): Promise<TranscriptFile> {
  if (format === 'vtt') return { path, lang };
  const converted = `${path.slice(0, -EXTENSION.length)}.${format}`;
  await writeFile(converted, convertTranscript(await readFile(path, 'utf8'), format));
  return { path: converted, lang };
}

/** A page of HTML that came with status 200 is no transcript. */
export async function isWebVtt(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0);
    return /^\uFEFF?WEBVTT(?:\s|$)/.test(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await file.close();
  }
}

import { RowtrailError } from '../../errors/index.ts';
import { TRANSCRIPT_FORMATS, type TranscriptFormat } from './transcripts/transcript-format.ts';

/** What a video is stored as; the last two are sound alone. */
export const OUTPUT_FORMATS = ['mp4', 'mkv', 'webm', 'm4a', 'mp3'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** What to fetch of each video, checked. */
export interface MediaRequest {
  /** Lines of the picture's shorter side at most; null for the best there is. */
  readonly resolution: number | null;
  readonly format: OutputFormat;
  /** Languages of a transcript, the preferred first. */
  readonly subLangs: readonly string[];
  readonly transcriptFormat: TranscriptFormat;
}

const DEFAULT_LANGUAGES = ['en', 'en-orig'] as const;

/**
 * Checks what a caller asked for.
 * @throws RowtrailError (usage)
 */
export function mediaRequest(given: {
  readonly resolution?: number | string | undefined;
  readonly outputFormat?: string | undefined;
  readonly subLangs?: readonly string[] | undefined;
  readonly transcriptFormat?: string | undefined;
}): MediaRequest {
  return {
    resolution: resolutionOf(given.resolution),
    format: formatOf(given.outputFormat ?? 'mp4'),
    subLangs: (given.subLangs ?? DEFAULT_LANGUAGES).map(languageOf),
    transcriptFormat: transcriptFormatOf(given.transcriptFormat ?? 'vtt'),
  };
}

export function isAudioFormat(format: OutputFormat): boolean {
  return format === 'm4a' || format === 'mp3';
}

function resolutionOf(given: number | string | undefined): number | null {
  if (given === undefined || given === '') return null;
  const lines = Number(/^(\d{2,5})p?$/i.exec(String(given).trim())?.[1]);
  if (Number.isSafeInteger(lines) && lines > 0) return lines;
  throw new RowtrailError('usage', `The resolution "${given}" is not a number of lines, such as 720.`);
}

function formatOf(given: string): OutputFormat {
  const format = OUTPUT_FORMATS.find((known) => known === given.toLowerCase());
  if (format !== undefined) return format;
  throw new RowtrailError('usage', `The format "${given}" is not one of ${OUTPUT_FORMATS.join(', ')}.`);
}

function transcriptFormatOf(given: string): TranscriptFormat {
  const format = TRANSCRIPT_FORMATS.find((known) => known === given.toLowerCase());
  if (format !== undefined) return format;
  const known = TRANSCRIPT_FORMATS.join(', ');
  throw new RowtrailError('usage', `The transcript format "${given}" is not one of ${known}.`);
}

/**
 * Bytes a second: digits, with K, M or G for times 1024.
 * @throws RowtrailError (usage)
 */
export function limitRateOf(given: string | undefined): string | null {
  if (given === undefined || given === '') return null;
  if (/^\d{1,9}(?:\.\d{1,3})?[KMG]?$/i.test(given) && Number.parseFloat(given) > 0)
    return given.toUpperCase();
  throw new RowtrailError(
    'usage',
    `The rate "${given}" is not a number of bytes a second, such as 500K or 2M.`,
  );
}

/** yt-dlp reads a language as a regular expression, and a leading `-` as "not". */
function languageOf(given: string): string {
  if (/^[A-Za-z0-9]{1,12}(?:-[A-Za-z0-9]{1,12}){0,4}$/.test(given)) return given;
  throw new RowtrailError('usage', `"${given}" is not the code of a language, such as en.`);
}

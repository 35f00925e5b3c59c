import { z } from 'zod';

/** What yt-dlp knows of a video before it downloads it. */
export interface VideoInfo {
  readonly id: string;
  readonly title: string | null;
  readonly channel: string | null;
  /** Seconds. */
  readonly duration: number | null;
  readonly liveStatus: string | null;
  /** Languages that it will fetch as subtitles. */
  readonly subtitles: readonly string[];
}

export interface FinishedFile {
  readonly id: string;
  readonly path: string;
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
}

export interface ProgressReport {
  /** Empty for what is no medium, such as a transcript. */
  readonly format: string;
  readonly received: number;
  readonly total: number | null;
  readonly bytesPerSecond: number | null;
  readonly etaSeconds: number | null;
}

/** One line that yt-dlp printed for us. */
export type PrintedLine =
  /** Before it decides whether to download. */
  | { readonly kind: 'seen'; readonly info: VideoInfo }
  /** It goes on with this video. */
  | { readonly kind: 'info'; readonly info: VideoInfo }
  /** Bytes of each format that it will fetch, where known. */
  | { readonly kind: 'sizes'; readonly sizes: ReadonlyMap<string, number | null> }
  | { readonly kind: 'progress'; readonly progress: ProgressReport }
  | { readonly kind: 'file'; readonly file: FinishedFile }
  | { readonly kind: 'entry'; readonly id: string; readonly title: string | null };

const string = z.string().nullish().catch(null);
const number = z.number().nonnegative().nullish().catch(null);

const info = z
  .object({
    id: z.string(),
    title: string,
    channel: string,
    uploader: string,
    duration: number,
    live_status: string,
    requested_subtitles: z.record(z.string(), z.unknown()).nullish().catch(null),
  })
  .transform((data): VideoInfo => ({
    id: data.id,
    title: data.title ?? null,
    channel: data.channel ?? data.uploader ?? null,
    duration: data.duration ?? null,
    liveStatus: data.live_status ?? null,
    subtitles: Object.keys(data.requested_subtitles ?? {}),
  }));

const codec = z
  .string()
  .nullish()
  .transform((name) => name !== 'none');

const shapes = {
  seen: info.transform((data) => ({ kind: 'seen' as const, info: data })),
  info: info.transform((data) => ({ kind: 'info' as const, info: data })),
  sizes: z
    .array(z.object({ format_id: z.string(), filesize: number, filesize_approx: number }))
    .transform((formats) => ({
      kind: 'sizes' as const,
      sizes: new Map(formats.map((of) => [of.format_id, of.filesize ?? of.filesize_approx ?? null])),
    })),
  progress: z
    .object({
      format: z
        .string()
        .transform((id) => (id === 'NA' ? '' : id))
        .catch(''),
      progress: z.object({
        downloaded_bytes: number,
        total_bytes: number,
        total_bytes_estimate: number,
        speed: number,
        eta: number,
      }),
    })
    .transform(({ format, progress }) => ({
      kind: 'progress' as const,
      progress: {
        format,
        received: progress.downloaded_bytes ?? 0,
        total: progress.total_bytes ?? progress.total_bytes_estimate ?? null,
        bytesPerSecond: progress.speed ?? null,
        etaSeconds: progress.eta ?? null,
      },
    })),
  file: z
    .object({ id: z.string(), filepath: z.string(), vcodec: codec, acodec: codec })
    .transform(({ id, filepath, vcodec, acodec }) => ({
      kind: 'file' as const,
      file: { id, path: filepath, hasVideo: vcodec, hasAudio: acodec },
    })),
  entry: z
    .object({ id: z.string(), title: string })
    .transform(({ id, title }) => ({ kind: 'entry' as const, id, title: title ?? null })),
} satisfies Record<PrintedLine['kind'], z.ZodType<PrintedLine>>;

/** Reads a line of yt-dlp's stdout; null when it does not carry our mark or cannot be read. */
export function readPrintedLine(line: string, mark: string): PrintedLine | null {
  if (!line.startsWith(mark)) return null;
  const colon = line.indexOf(':', mark.length);
  const kind = line.slice(mark.length, colon);
  if (!isKind(kind)) return null;
  const parsed = shapes[kind].safeParse(parseJson(line.slice(colon + 1)));
  return parsed.success ? parsed.data : null;
}

function isKind(text: string): text is PrintedLine['kind'] {
  return Object.hasOwn(shapes, text);
}

/** `NA` stands where a field is missing, inside what else is JSON. */
function parseJson(json: string): unknown {
  for (const text of [json, json.replaceAll(/:NA([,}])/g, ':null$1')]) {
    try {
      return JSON.parse(text);
    } catch {
      continue;
    }
  }
  return undefined;
}

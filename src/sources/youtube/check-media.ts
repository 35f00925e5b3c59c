import { z } from 'zod';
import type { ItemFailure } from '../../row/index.ts';
import { type ChildSettings, childEnvironment } from './child-environment.ts';
import { runYtDlpJob, type YtDlpEnd } from './engine/index.ts';
import { readWholeMp4, type Track } from './mp4/index.ts';
import type { OutputFormat } from './request.ts';
import type { Tool } from './tools.ts';

/** What a finished file should be. */
export interface ExpectedMedia {
  readonly format: OutputFormat;
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
  /** Seconds, as announced; null when unknown. */
  readonly duration: number | null;
}

/** With what a file is checked, and where. */
export interface ProbeSession {
  /** Its engine runs ffprobe, too. */
  readonly ytDlp: Tool;
  readonly ffprobe: string;
  readonly env: ChildSettings;
  readonly folder: string;
  readonly idleMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** The names of a container in ffprobe's list of what a file may be. */
const CONTAINERS: Readonly<Record<OutputFormat, string>> = {
  mp4: 'mp4',
  mkv: 'matroska',
  webm: 'webm',
  m4a: 'm4a',
  mp3: 'mp3',
};

/** Formats whose files are MP4. */
const INDEXED: ReadonlySet<OutputFormat> = new Set(['mp4', 'm4a']);

const WEBM_CODECS = new Set(['vp8', 'vp9', 'av1', 'opus', 'vorbis']);

/** What may be missing of an announced duration, which is rounded: seconds, and a fraction of it. */
const SHORTER_BY_SECONDS = 1;
const SHORTER_BY_FRACTION = 0.05;

/** A worker's exit code for a program that is not there. */
const NOT_STARTED = 127;

const numeric = z.coerce.number().catch(Number.NaN);

/** ffprobe's answer. */
const probed = z.object({
  format: z.object({ format_name: z.string(), duration: numeric }),
  streams: z.array(
    z.object({
      codec_type: z.string().catch(''),
      codec_name: z.string().catch(''),
      nb_frames: numeric,
      nb_read_packets: numeric,
    }),
  ),
});

/**
 * Says what is wrong with a file: null when it is what it should be. An MP4 whose index proves that needs no other
 * program; everything else is read from end to end by ffprobe, also what is to be refused.
 * Nothing but this file is read, whatever it refers to.
 * @param path absolute, in the session's folder
 * @throws the signal's reason on abort
 */
export async function checkMedia(
  path: string,
  expected: ExpectedMedia,
  { ytDlp, ffprobe, env, folder, idleMs, signal }: ProbeSession,
): Promise<ItemFailure | null> {
  if (await isProvenByIndex(path, expected)) return null;
  signal?.throwIfAborted();
  const output: string[] = [];
  const job = {
    program: ffprobe,
    args: [
      ...['-v', 'error', '-protocol_whitelist', 'file', '-count_packets', '-of', 'json'],
      ...[
        '-show_entries',
        'format=format_name,duration:stream=codec_type,codec_name,nb_frames,nb_read_packets',
      ],
      ...['-i', `file:${path}`],
    ],
    env: childEnvironment(env, folder),
    folder,
    // Reading a large file through says nothing until its end.
    idleMs: idleMs * 4,
    signal,
    onStdoutLine: (line: string) => output.push(line),
  };
  const end = await runYtDlpJob(ytDlp, job, env.env);
  if (end.startError !== null || end.exitCode === NOT_STARTED)
    return { cause: 'ffmpeg_missing', message: 'ffprobe could not be started.' };
  return judgeProbe(output.join('\n'), end, expected);
}

/** Whether a file is an MP4 whose index proves that it is whole, and what it should be: no program is needed for that. */
export async function isProvenByIndex(path: string, expected: ExpectedMedia): Promise<boolean> {
  return INDEXED.has(expected.format) && isProven(await tracksOf(path), expected);
}

/** What is no MP4, or cannot be read, is ffprobe's to judge. */
async function tracksOf(path: string): Promise<readonly Track[] | null> {
  return readWholeMp4(path).catch(() => null);
}

/** Whether the tracks of a whole file are what was announced. Pure. */
export function isProven(tracks: readonly Track[] | null, expected: ExpectedMedia): boolean {
  if (tracks === null || tracks.length === 0) return false;
  const has = (kind: Track['kind']) => tracks.some((track) => track.kind === kind);
  const seconds = Math.max(...tracks.map((track) => track.seconds));
  return (
    (has('video') || !expected.hasVideo) &&
    (has('audio') || !expected.hasAudio) &&
    seconds > 0 &&
    seconds >= leastSeconds(expected)
  );
}

/** The shortest that passes for what was announced. */
function leastSeconds({ duration }: ExpectedMedia): number {
  return (duration ?? 0) * (1 - SHORTER_BY_FRACTION) - SHORTER_BY_SECONDS;
}

/** The verdict on ffprobe's answer. */
export function judgeProbe(
  json: string,
  { stderr, exitCode }: Pick<YtDlpEnd, 'stderr' | 'exitCode'>,
  expected: ExpectedMedia,
): ItemFailure | null {
  const parsed = probed.safeParse(parseJson(json));
  if (!parsed.success || exitCode !== 0) return notMedia('The file that arrived is not a media file.');
  const { format, streams } = parsed.data;
  if (!format.format_name.split(',').includes(CONTAINERS[expected.format])) {
    return notMedia(`The file that arrived is not ${expected.format}, but ${format.format_name}.`);
  }
  const has = (type: string) => streams.some((of) => of.codec_type === type && of.nb_read_packets > 0);
  if (expected.hasVideo && !has('video')) return notMedia('The file that arrived has no picture.');
  if (expected.hasAudio && !has('audio')) return notMedia('The file that arrived has no sound.');
  if (expected.format === 'webm' && !streams.every((of) => WEBM_CODECS.has(of.codec_name))) {
    return notMedia('The file that arrived has codecs that WebM cannot hold.');
  }
  if (!(format.duration > 0)) return notMedia('The file that arrived has no duration.');
  const cutShort =
    format.duration < leastSeconds(expected) ||
    streams.some((of) => of.nb_read_packets < of.nb_frames) ||
    stderr.some((line) => /partial file|File ended prematurely/i.test(line));
  if (cutShort) return { cause: 'short_body', message: 'The file that arrived ends too early.' };
  return null;
}

function notMedia(message: string): ItemFailure {
  return { cause: 'not_media', message };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { RowtrailError } from '../../errors/index.ts';
import type { ItemFailure } from '../../row/index.ts';
import { checkMedia, isProvenByIndex, type ProbeSession } from './check-media.ts';
import { endIdleWorkers } from './engine/index.ts';
import { isAudioFormat, OUTPUT_FORMATS, type OutputFormat } from './request.ts';
import { isWebVtt } from './transcripts/find-transcript.ts';
import { locateFfmpeg, locateYtDlp } from './tools.ts';

/** What is known of a file that somebody else fetched; null for what nobody says. */
export interface SaidOfMedia {
  readonly hasVideo: boolean | null;
  readonly hasAudio: boolean | null;
  /** Seconds. */
  readonly duration: number | null;
}

/** Looks at the bytes of files that are there already. Nothing is written beside them. */
export interface MediaProver extends AsyncDisposable {
  /**
   * What is wrong with a video or a sound; null when it is whole.
   * @param path absolute
   * @param name what it is to be, by its extension
   */
  prove(path: string, name: string, said?: SaidOfMedia): Promise<ItemFailure | null>;
  /** What is wrong with a transcript; only WebVTT can be told from other text. */
  proveTranscript(path: string, name: string): Promise<ItemFailure | null>;
}

/** Milliseconds without a sign of life after which the reading of a file is given up. */
const IDLE_MS = 300_000;

const NOTHING_SAID: SaidOfMedia = { hasVideo: null, hasAudio: null, duration: null };

/** What a file's extension says that it is; null for a form that is not kept. */
export function formatOfName(name: string): OutputFormat | null {
  const extension = extname(name).toLowerCase();
  return OUTPUT_FORMATS.find((format) => extension === `.${format}`) ?? null;
}

/**
 * Programs are looked for when the first file needs them: an MP4 is proven by its own index.
 * @param env where the programs are looked for
 */
export function openMediaProver({
  env = process.env,
  signal,
}: {
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly signal?: AbortSignal | undefined;
} = {}): MediaProver {
  let opened: Promise<ProbeSession> | null = null;
  let folder: string | null = null;
  const session = async (): Promise<ProbeSession> => {
    const [ytDlp, { ffprobe }] = await Promise.all([locateYtDlp(env), locateFfmpeg(env)]);
    folder = await mkdtemp(join(tmpdir(), 'rowtrail-proof-'));
    // Nothing is asked of a host: there is nobody to trust.
    const settings = { env, proxy: null, caBundle: '' };
    return { ytDlp, ffprobe, env: settings, folder, idleMs: IDLE_MS, signal };
  };
  return {
    prove: async (path, name, { hasVideo, hasAudio, duration } = NOTHING_SAID) => {
      const format = formatOfName(name);
      if (format === null) return { cause: 'not_media', message: 'It has no form that is kept.' };
      const isAudio = isAudioFormat(format);
      const expected = {
        format,
        hasVideo: !isAudio && hasVideo !== false,
        hasAudio: isAudio || hasAudio === true,
        duration,
      };
      if (await isProvenByIndex(path, expected)) return null;
      try {
        return await checkMedia(path, expected, await (opened ??= session()));
      } catch (error) {
        if (!(error instanceof RowtrailError)) throw error;
        return { cause: error.code, message: error.message };
      }
    },
    proveTranscript: async (path, name) =>
      !name.endsWith('.vtt') || (await isWebVtt(path))
        ? null
        : { cause: 'not_media', message: 'It is no WebVTT.' },
    [Symbol.asyncDispose]: async () => {
      await opened?.catch(() => null);
      if (opened !== null) await endIdleWorkers();
      if (folder !== null) await rm(folder, { recursive: true, force: true });
    },
  };
}

import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { givenOptions } from '../../errors/index.ts';
import { type Attempt, openAttempt, outputAt, STAGING_FOLDER } from '../../files/index.ts';
import { processHosts } from '../../hosts/index.ts';
import {
  asRowContext,
  type DownloadResult,
  type ItemFailure,
  type ItemResult,
  type RowContext,
} from '../../row/index.ts';
import { readCertificates, resolveNetwork } from '../network.ts';
import { reapOrphans } from '../processes/index.ts';
import type { SourceOptions } from '../source.ts';
import { resultOfItems, resultOfLinkError } from '../to-result.ts';
import { openArchive } from './archive.ts';
import type { Pace } from './arguments.ts';
import { checkCookies } from './check-cookies.ts';
import { writeCaBundle } from './child-environment.ts';
import { doorsOf } from './doors.ts';
import { failEach, itemsOf } from './download-items.ts';
import { failureOfError } from './error-failure.ts';
import { parseYoutubeLinks } from './links.ts';
import { limitRateOf, mediaRequest, type OutputFormat } from './request.ts';
import type { Session } from './session.ts';
import { isSettledFile, SettledItems } from './settled.ts';
import type { TranscriptFormat } from './transcripts/transcript-format.ts';
import { locateFfmpeg, locateYtDlp } from './tools.ts';
import type { VideoWork } from './video-work.ts';

export interface YoutubeOptions extends SourceOptions {
  /** Only transcripts, no videos. */
  readonly transcriptOnly?: boolean | undefined;
  /** Lines of the picture at most: 720, '720' or '720p'. Where all are larger, the smallest is taken. */
  readonly resolution?: number | string | undefined;
  /** What the file becomes (default mp4); m4a and mp3 are the sound alone. */
  readonly outputFormat?: OutputFormat | undefined;
  /**
   * Languages of the transcript, the preferred first (default en, en-orig): the first that exists is taken, and in it what a
   * person wrote before what was made automatically.
   */
  readonly subLangs?: readonly string[] | undefined;
  /** What a transcript is stored as (default vtt); srt and txt hold each line of rolling captions once. */
  readonly transcriptFormat?: TranscriptFormat | undefined;
  /** Cookies of a signed-in browser, in Netscape's format; yt-dlp gets a copy. */
  readonly cookiesFile?: string | undefined;
  /**
   * The record that plain yt-dlp keeps with `--download-archive`: what stands in it is not fetched where its file is found, by
   * the id in its name, beside the record or in the download folder, and proves whole.
   */
  readonly archiveFile?: string | undefined;
  /** Bytes a second of each transfer at most: `500K`, `2M`. */
  readonly limitRate?: string | undefined;
  /** Default polite. */
  readonly pace?: Pace | undefined;
  /** Paths of the programs, instead of looking for them. */
  readonly tools?: { readonly ytDlp?: string | undefined; readonly ffmpeg?: string | undefined } | undefined;
  /** Told what the person should know, and what no item's outcome says. */
  readonly onNote?: ((message: string) => void) | undefined;
  /** How often a transfer that was cut is continued within one attempt (default 5). */
  readonly retries?: number | undefined;
  /** Seconds without any sign of life after which a transfer is given up (default 300). */
  readonly idleSeconds?: number | undefined;
  /** Where programs are looked for (default: the environment of the process). */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

const DEFAULT_FOLDER = 'youtube_downloads';
const DEFAULT_RETRIES = 5;
const DEFAULT_IDLE_SECONDS = 300;

/** Folders that were searched for what a killed run left running, by this process. */
const searched = new Map<string, Promise<unknown>>();

/**
 * Downloads what a link cell of one row points at: each video with its sound, and its transcript (API reference). A video
 * that cannot be had stops no other one; a host that refuses us as a whole stops the rest, each with that failure.
 *
 * A crash leaves nothing but a staging folder inside the download folder, from which the next attempt continues; what
 * was finished but not recorded is taken over by it.
 * @param url the row's cell: one link or several
 * @throws AbortError on abort, once every child process has ended; RowtrailError for options that no row can answer for:
 *   usage where they make no sense, file_missing or access_denied for the cookies and the certificates, tls_failed where there
 *   are none in their file
 */
export async function downloadYoutubeWithContext(
  url: string,
  row: RowContext,
  given: YoutubeOptions = {},
): Promise<DownloadResult> {
  const options = givenOptions(given);
  try {
    options.signal?.throwIfAborted();
    return await download(url ?? '', asRowContext(row), options);
  } catch (error) {
    if (options.signal?.aborted !== true) throw error;
    throw Object.assign(new DOMException('The download was aborted', 'AbortError'), {
      cause: options.signal.reason,
    });
  }
}

async function download(url: string, row: RowContext, options: YoutubeOptions): Promise<DownloadResult> {
  const transcriptOnly = options.transcriptOnly === true;
  const media = mediaRequest(options);
  const limitRate = limitRateOf(options.limitRate);
  const { targets, error } = parseYoutubeLinks(url);
  if (error !== null) {
    return resultOfLinkError({
      row,
      downloadType: 'youtube',
      kind: transcriptOnly ? 'transcript' : 'video',
      url,
      error,
    });
  }
  const network = options.network ?? resolveNetwork();
  const cookiesFile = options.cookiesFile ? resolve(options.cookiesFile) : null;
  if (cookiesFile !== null) await checkCookies(cookiesFile, Date.now());
  if (network.caCertFile !== null) await readCertificates(network.caCertFile);
  const output = outputAt(options.outputDir ?? DEFAULT_FOLDER);
  const archive = await openArchive(options.archiveFile ?? null, output.workDir);
  const done = options.done ?? [];
  const finish = (items: readonly ItemResult[]) =>
    resultOfItems({
      row,
      downloadType: 'youtube',
      items,
      done: done.filter(({ kind }) => kind === 'transcript' || !transcriptOnly),
    });
  const failAll = (failure: ItemFailure) => finish(failEach(targets, { transcriptOnly, done }, failure));

  let attempt: Attempt | null = null;
  let goesOn = true;
  try {
    const tools = await locateTools(options, transcriptOnly);
    await reapOnce(output.workDir);
    attempt = await openAttempt(output.workDir, { rowId: row.rowId, downloadType: 'youtube', link: url });
    const settled = await SettledItems.open(attempt.dir, {
      generation: options.generation ?? null,
      credentials: await credentialsOf(cookiesFile),
    });
    const session: Session = {
      ...tools,
      proxy: network.proxy,
      noProxy: network.noProxy,
      pace: options.pace ?? 'polite',
      retries: options.retries ?? DEFAULT_RETRIES,
      cookiesFile,
      limitRate,
      caBundle: await writeCaBundle(attempt.dir, network.caCertFile),
      idleMs: (options.idleSeconds ?? DEFAULT_IDLE_SECONDS) * 1000,
      env: options.env ?? process.env,
      signal: options.signal,
    };
    const work: VideoWork = {
      session,
      row,
      media,
      output,
      attemptDir: attempt.dir,
      generation: options.generation ?? null,
      keeping: options.keeping,
      doors: doorsOf(options.hosts ?? processHosts()),
      settled,
      archive,
      onNote: options.onNote ?? (() => undefined),
      onProgress: options.onProgress ?? (() => undefined),
    };
    const result = finish(await itemsOf(work, targets, { transcriptOnly, done }));
    // What is settled is settled for the attempts that are to come, if there are any.
    goesOn = !settled.isEmpty && !result.success && result.permanentFailure !== true;
    return result;
  } catch (thrown) {
    options.signal?.throwIfAborted();
    return failAll(failureOfError(thrown));
  } finally {
    if (attempt !== null) await leave(attempt, goesOn);
  }
}

async function locateTools(
  { env = process.env, tools }: YoutubeOptions,
  transcriptOnly: boolean,
): Promise<Pick<Session, 'ytDlp' | 'ffmpeg'>> {
  const [ytDlp, ffmpeg] = [
    locateYtDlp(env, tools?.ytDlp),
    transcriptOnly ? null : locateFfmpeg(env, tools?.ffmpeg),
  ];
  // Where both are missing, the answer is not to depend on which one was missed first.
  await Promise.allSettled([ytDlp, ffmpeg]);
  return { ytDlp: await ytDlp, ffmpeg: await ffmpeg };
}

/** Once for each folder: what an earlier process left running there would write into our staging. */
async function reapOnce(outputDir: string): Promise<void> {
  // Where processes cannot be listed, the lock on a staging folder still keeps two attempts apart.
  const search = searched.get(outputDir) ?? reapOrphansIn(outputDir).catch(() => 0);
  searched.set(outputDir, search);
  await search;
}

/**
 * Kills what a killed process left running for a download folder, if its guardian was killed as well.
 * @returns how many process groups were killed
 */
export async function reapOrphansIn(outputDir: string): Promise<number> {
  return reapOrphans(join(resolve(outputDir), STAGING_FOLDER, '/'));
}

/** Keeps an attempt's folder only where the next attempt can go on from it. */
async function leave(attempt: Attempt, goesOn: boolean): Promise<void> {
  const entries = await readdir(attempt.dir, { withFileTypes: true });
  const isUseful = entries.some((entry) => entry.isDirectory() || (goesOn && isSettledFile(entry.name)));
  if (isUseful) await attempt.close();
  else await attempt.discard();
}

/** Changes with the cookies: what was refused without them, or to another account, may be had with these. */
async function credentialsOf(cookiesFile: string | null): Promise<string | null> {
  if (cookiesFile === null) return null;
  const { size, mtimeMs } = await stat(cookiesFile);
  return createHash('sha256')
    .update(JSON.stringify([cookiesFile, size, mtimeMs]))
    .digest('hex');
}

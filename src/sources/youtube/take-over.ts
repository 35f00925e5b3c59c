import { rm } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { ItemFailure } from '../../row/index.ts';
import { type Archive, copyFromArchive } from './archive.ts';
import { checkMedia, type ProbeSession } from './check-media.ts';
import { isAudioFormat, type MediaRequest, OUTPUT_FORMATS } from './request.ts';
import { isWebVtt } from './transcripts/find-transcript.ts';
import type { YoutubeTarget } from './targets.ts';

/** A file of the archive that proved to be what it should, in staging. */
export interface TakenOver {
  readonly path: string;
  readonly extension: string;
}

/**
 * The video of an archive, if its file is found by the id in its name, has the wanted form and proves whole. What is
 * found and wanting is told to `onNote`; then the video is fetched like any other.
 * @throws the signal's reason on abort; the system error of copying
 */
export async function takeOverVideo(
  archive: Archive,
  target: YoutubeTarget,
  media: MediaRequest,
  session: ProbeSession,
  onNote: (message: string) => void,
): Promise<TakenOver | null> {
  if (!archive.has(target.id)) return null;
  const all = archive.filesOf(target.id);
  const candidates = all.filter((path) => isOf(path, media));
  let wrong: ItemFailure | null = null;
  for (const path of candidates) {
    const copy = await copyFromArchive(path, session.folder);
    const format = OUTPUT_FORMATS.find((known) => extname(path) === `.${known}`) ?? media.format;
    const audioOnly = isAudioFormat(format);
    const failure = await checkMedia(
      copy,
      { format, hasVideo: !audioOnly, hasAudio: audioOnly, duration: null },
      session,
    );
    if (failure === null) return { path: copy, extension: `.${format}` };
    wrong = failure;
    await rm(copy, { force: true });
  }
  const why =
    wrong !== null
      ? `${basename(candidates[0] ?? '')} is not whole (${wrong.message})`
      : 'no file of the wanted format has its id in its name';
  onNote(`${target.id} stands in the archive of yt-dlp, but ${why}: it is fetched anew.`);
  return null;
}

/** The transcript of an archive in the first of the preferred languages; only vtt is taken as it is. */
export async function takeOverTranscript(
  archive: Archive,
  target: YoutubeTarget,
  media: MediaRequest,
  folder: string,
): Promise<TakenOver | null> {
  if (!archive.has(target.id) || media.transcriptFormat !== 'vtt') return null;
  for (const lang of media.subLangs) {
    const path = archive.filesOf(target.id).find((file) => file.endsWith(`.${lang}.vtt`));
    if (path !== undefined && (await isWebVtt(path))) {
      return { path: await copyFromArchive(path, folder), extension: `.${lang}.vtt` };
    }
  }
  return null;
}

/** Sound for sound, pictures for pictures; which container it is does not matter to who has it already. */
function isOf(path: string, media: MediaRequest): boolean {
  const format = OUTPUT_FORMATS.find((known) => extname(path) === `.${known}`);
  return format !== undefined && isAudioFormat(format) === isAudioFormat(media.format);
}

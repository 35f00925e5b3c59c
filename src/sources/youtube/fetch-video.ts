import { stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { HOST } from '../../hosts/index.ts';
import type { ItemFailure } from '../../row/index.ts';
import { fetchArguments, type Wanted } from './arguments.ts';
import { checkMedia } from './check-media.ts';
import type { YtDlpEnd } from './engine/index.ts';
import { classifyTranscriptFailure, classifyYtDlpFailure } from './failure.ts';
import { isResumable, removeMedia } from './item-folder.ts';
import type { FinishedFile, VideoInfo } from './printed-lines.ts';
import { ProgressSum, type VideoProgress } from './progress.ts';
import { isAudioFormat, type MediaRequest } from './request.ts';
import { runYtDlp, type Session } from './session.ts';
import type { YoutubeTarget } from './targets.ts';
import { chooseLanguage, findTranscript, inFormat } from './transcripts/find-transcript.ts';

/** A file that arrived, in staging, or why it did not. */
export type Arrival =
  | { readonly path: string; readonly extension: string; readonly failure: null }
  | {
      readonly path: null;
      readonly failure: ItemFailure;
      /** It did arrive, but was not what it should be: nothing can be continued from it. */
      readonly rejected: boolean;
    };

/** What one visit to a video brought; null for what was not wanted. */
export interface Fetched {
  readonly title: string | null;
  readonly channel: string | null;
  /** Why YouTube told nothing of the video; null where it did, so that what failed after that failed elsewhere. */
  readonly unseen: ItemFailure | null;
  readonly video: Arrival | null;
  readonly transcript: Arrival | null;
}

export interface VideoJob {
  readonly target: YoutubeTarget;
  readonly wanted: Wanted;
  readonly media: MediaRequest;
  /** As `openItemFolder` made it. */
  readonly folder: string;
  readonly onProgress: (progress: VideoProgress & { readonly title: string | null }) => void;
}

/** What a run of yt-dlp told, and how it ended. */
interface Visit {
  readonly seen: VideoInfo | null;
  readonly info: VideoInfo | null;
  readonly file: FinishedFile | null;
  readonly end: YtDlpEnd;
  readonly endedAt: Date;
}

/**
 * Fetches one video, its transcript, or both, in one start of yt-dlp, and checks what arrived. A video that was
 * continued from an earlier attempt and turns out wrong is fetched once more from the beginning.
 * @throws the signal's reason on abort; what was transferred so far stays in the folder
 */
export async function fetchVideo(session: Session, job: VideoJob): Promise<Fetched> {
  const continued = await isResumable(job.folder);
  const first = await visitAndCheck(session, job);
  if (first.video === null || first.video.failure === null || !first.video.rejected) return first;
  await removeMedia(job.folder);
  return continued ? visitAndCheck(session, job) : first;
}

async function visitAndCheck(session: Session, job: VideoJob): Promise<Fetched> {
  const visit = await visitVideo(session, job);
  const info = visit.info ?? visit.seen;
  return {
    title: info?.title ?? null,
    channel: info?.channel ?? null,
    unseen: visit.info === null ? whyNoVideo(visit) : null,
    video: job.wanted.video ? await videoArrival(session, job, visit) : null,
    transcript: job.wanted.transcript ? await transcriptArrival(job, visit) : null,
  };
}

async function visitVideo(session: Session, job: VideoJob): Promise<Visit> {
  let [seen, info, file]: [VideoInfo | null, VideoInfo | null, FinishedFile | null] = [null, null, null];
  const sum = new ProgressSum();
  const end = await runYtDlp(
    session,
    job.folder,
    (settings) => fetchArguments(settings, job),
    (line) => {
      if (line.kind === 'sizes') sum.expect(line.sizes);
      else if (line.kind === 'progress') {
        const progress = sum.add(line.progress, performance.now());
        if (progress !== null) job.onProgress({ ...progress, title: seen?.title ?? null });
      } else if (line.kind === 'seen' && line.info.id === job.target.id) seen = line.info;
      else if (line.kind === 'info' && line.info.id === job.target.id) info = line.info;
      else if (line.kind === 'file' && line.file.id === job.target.id) file = line.file;
    },
  );
  return { seen, info, file, end, endedAt: new Date() };
}

async function videoArrival(session: Session, job: VideoJob, visit: Visit): Promise<Arrival> {
  const { file, info, end, endedAt } = visit;
  const elsewhere = (failure: ItemFailure) => failed(info === null ? failure : at(HOST.media, failure));
  if (file === null || session.ffmpeg === null) return elsewhere(whyNoVideo(visit));
  // The name is ours; yt-dlp's answer says only which of its extensions it became.
  const path = join(job.folder, basename(file.path));
  const extension = extname(path);
  if (extension !== `.${job.media.format}`) {
    const said = end.stderr.length > 0 ? classifyYtDlpFailure(end, endedAt).message : 'no reason was given';
    return rejected({
      cause: 'not_media',
      message: `It could not be made into ${job.media.format}: ${said}`,
    });
  }
  if (!(await exists(path))) return elsewhere(whyNoVideo(visit));
  const failure = await checkMedia(
    path,
    {
      format: job.media.format,
      hasVideo: file.hasVideo && !isAudioFormat(job.media.format),
      hasAudio: file.hasAudio,
      duration: info?.duration ?? null,
    },
    {
      ytDlp: session.ytDlp,
      ffprobe: session.ffmpeg.ffprobe,
      env: session,
      folder: job.folder,
      idleMs: session.idleMs,
      signal: session.signal,
    },
  );
  return failure === null ? { path, extension, failure: null } : rejected(failure);
}

async function transcriptArrival(job: VideoJob, visit: Visit): Promise<Arrival> {
  const { info, end } = visit;
  if (info === null) return failed(whyNoVideo(visit));
  const lang = chooseLanguage(info.subtitles, job.media.subLangs);
  const found = lang === null ? null : await findTranscript(job.folder, lang);
  if (found !== null) {
    const format = job.media.transcriptFormat;
    const { path } = await inFormat(found, format);
    return { path, extension: `.${found.lang}.${format}`, failure: null };
  }
  if (end.idle) return failed(whyNoVideo(visit));
  const refused = classifyTranscriptFailure(end);
  if (refused !== null) return failed(at(HOST.transcripts, refused));
  if (lang !== null) {
    return failed({ cause: 'not_media', message: 'What arrived as a transcript is none.' });
  }
  const languages = job.media.subLangs.join(', ');
  return failed({ cause: 'no_captions', message: `The video has no captions in ${languages}.` });
}

function whyNoVideo({ seen, info, end, endedAt }: Visit): ItemFailure {
  if (end.startError !== null) return { cause: 'ytdlp_missing', message: 'yt-dlp could not be started.' };
  if (end.idle) return { cause: 'timeout', message: 'Nothing arrived any more.' };
  if (info === null && seen?.liveStatus === 'is_live') {
    return { cause: 'live_now', message: 'It is being broadcast: it can be had when it has ended.' };
  }
  return classifyYtDlpFailure(end, endedAt);
}

/** Names the host that said so, where it is not the one that all else comes from. */
function at(host: string, failure: ItemFailure): ItemFailure {
  return { ...failure, host };
}

function failed(failure: ItemFailure): Arrival {
  return { path: null, failure, rejected: false };
}

function rejected(failure: ItemFailure): Arrival {
  return { path: null, failure, rejected: true };
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}

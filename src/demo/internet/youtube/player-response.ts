import { MEDIA_FORMATS, type MediaFormat } from '../media-formats.ts';
import { playabilityStatus } from './playability.ts';
import type { Video, VideoBehaviour } from './video.ts';

/** A format of a video, with the bytes that it has. */
interface SizedFormat {
  readonly format: MediaFormat;
  readonly size: number;
}

const MEDIA_HOST = 'rr1---sn-loopback.googlevideo.com';
const UPCOMING_MS = 2 * 3_600_000;
const LIVE_FOR_MS = 600_000;

/**
 * A player response as `/youtubei/v1/player` answers and the watch page embeds it. Like today's YouTube, the watch page
 * carries none with media addresses: pass no formats for it.
 */
export function playerResponse({
  video,
  behaviour,
  formats,
  now,
}: {
  video: Video;
  behaviour: VideoBehaviour;
  formats: readonly SizedFormat[];
  now: Date;
}): Record<string, unknown> {
  return {
    responseContext: { visitorData: 'CgtsbG9vcGJhY2tfXw%3D%3D' },
    playabilityStatus: playabilityStatus(behaviour),
    ...(hidden(behaviour) ? {} : details(video, broadcastOf(behaviour, now))),
    ...(behaviour === 'ok'
      ? { captions: captions(video), streamingData: streamingData(video, formats) }
      : {}),
    ...(behaviour === 'live' ? { streamingData: liveStream(video) } : {}),
  };
}

/** Whether YouTube says nothing about the video itself. */
function hidden(behaviour: VideoBehaviour): boolean {
  return ['private', 'removed', 'terminated', 'unavailable', 'bot-check', 'soft-block'].includes(behaviour);
}

/** What is said of a video that is, or will be, broadcast. */
interface Broadcast {
  readonly lengthSeconds?: '0';
  readonly video?: Readonly<Record<string, boolean>>;
  readonly live?: Readonly<Record<string, unknown>>;
}

function broadcastOf(behaviour: VideoBehaviour, now: Date): Broadcast {
  const at = (milliseconds: number) => new Date(now.getTime() + milliseconds).toISOString();
  switch (behaviour) {
    case 'upcoming':
      return {
        lengthSeconds: '0',
        video: { isLiveContent: true, isUpcoming: true },
        live: { isLiveNow: false, startTimestamp: at(UPCOMING_MS) },
      };
    case 'live':
      return {
        lengthSeconds: '0',
        video: { isLiveContent: true, isLive: true },
        live: { isLiveNow: true, startTimestamp: at(-LIVE_FOR_MS) },
      };
    default:
      return {};
  }
}

function details(video: Video, { lengthSeconds, video: flags, live }: Broadcast): Record<string, unknown> {
  const seconds = lengthSeconds ?? String(video.seconds);
  const thumbnail = {
    thumbnails: [{ url: `https://i.ytimg.com/vi/${video.id}/hq720.jpg`, width: 1280, height: 720 }],
  };
  return {
    videoDetails: {
      videoId: video.id,
      title: video.title,
      lengthSeconds: seconds,
      channelId: channelId(video.channel),
      author: video.channel,
      shortDescription: video.description,
      viewCount: '1234',
      isLiveContent: false,
      ...flags,
      thumbnail,
    },
    microformat: {
      playerMicroformatRenderer: {
        title: { simpleText: video.title },
        description: { simpleText: video.description },
        lengthSeconds: seconds,
        ownerChannelName: video.channel,
        externalChannelId: channelId(video.channel),
        ownerProfileUrl: `http://www.youtube.com/channel/${channelId(video.channel)}`,
        isFamilySafe: true,
        isUnlisted: false,
        viewCount: '1234',
        category: 'Education',
        publishDate: '2024-01-02',
        uploadDate: '2024-01-02',
        ...(live === undefined ? {} : { liveBroadcastDetails: live }),
      },
    },
  };
}

/** A made-up channel id: `UC` and 22 characters, the same for the same name. */
export function channelId(channel: string): string {
  return `UC${Buffer.from(`${channel}${'_'.repeat(22)}`)
    .toString('base64url')
    .slice(0, 22)}`;
}

function captions(video: Video): Record<string, unknown> {
  if (video.captions.length === 0) return {};
  const languages = new Set([...video.captions.map(({ lang }) => lang), 'en', 'de', 'es']);
  return {
    playerCaptionsTracklistRenderer: {
      captionTracks: video.captions.map(({ lang, kind }) => ({
        baseUrl: `https://www.youtube.com/api/timedtext?${new URLSearchParams({ v: video.id, lang, ...(kind ? { kind } : {}) })}`,
        name: { simpleText: kind ? `${lang} (auto-generated)` : lang },
        vssId: kind ? `a.${lang}` : `.${lang}`,
        languageCode: lang,
        ...(kind ? { kind } : {}),
        isTranslatable: true,
      })),
      translationLanguages: [...languages].map((code) => ({
        languageCode: code,
        languageName: { simpleText: code },
      })),
    },
  };
}

function streamingData(video: Video, formats: readonly SizedFormat[]): Record<string, unknown> {
  if (formats.length === 0) return {};
  const isWhole = ({ format }: SizedFormat) => format.video !== undefined && format.audio !== undefined;
  return {
    expiresInSeconds: '21540',
    formats: formats.filter(isWhole).map((format) => streamFormat(video, format)),
    adaptiveFormats: formats
      .filter((format) => !isWhole(format))
      .map((format) => streamFormat(video, format)),
  };
}

/** A broadcast comes as a list of pieces that grows. */
function liveStream({ id }: Video): Record<string, unknown> {
  return {
    expiresInSeconds: '21540',
    hlsManifestUrl: `https://manifest.googlevideo.com/api/manifest/hls_variant/id/${id}.1/file/index.m3u8`,
  };
}

function streamFormat(video: Video, { format, size }: SizedFormat): Record<string, unknown> {
  const { itag, mimeType, bitrate, video: picture, audio } = format;
  const query = new URLSearchParams({ id: video.id, itag: String(itag), mime: mimeType.split(';')[0] ?? '' });
  return {
    itag,
    url: `https://${MEDIA_HOST}/videoplayback?${query}`,
    mimeType,
    bitrate,
    averageBitrate: bitrate,
    approxDurationMs: String(video.seconds * 1000),
    ...(video.lengthUnknown ? {} : { contentLength: String(size) }),
    ...(picture ? { width: picture.width, height: picture.height, fps: 10, ...quality(picture.height) } : {}),
    ...(audio ? { audioQuality: 'AUDIO_QUALITY_MEDIUM', audioSampleRate: '44100', audioChannels: 1 } : {}),
    ...(picture ? {} : { quality: 'tiny' }),
  };
}

function quality(height: number): Record<string, string> {
  return { quality: height >= 720 ? 'hd720' : 'medium', qualityLabel: `${height}p` };
}

/** The formats of the video that can be offered, in the table's order. */
export function formatsOf(video: Video): readonly MediaFormat[] {
  return MEDIA_FORMATS.filter(({ itag }) => video.itags.includes(itag));
}

import { parseRangeQuery } from '../byte-range.ts';
import type { Content } from '../content.ts';
import type { MediaFormat } from '../media-formats.ts';
import type { MediaMaker } from '../media.ts';
import { fileReply, partOf } from '../partial-reply.ts';
import { text, type Reply } from '../reply.ts';
import type { SiteRequest } from '../site.ts';
import type { World } from './library.ts';
import { formatsOf } from './player-response.ts';
import type { Video } from './video.ts';

const LIVE_MANIFEST = /^\/api\/manifest\/hls_variant\/id\/[A-Za-z0-9_-]{11}\.1\/file\/index\.m3u8$/;

/** The qualities of a running broadcast. Its pieces are nowhere: nobody has an end to wait for. */
function liveManifest(path: string): string {
  const piece = path.replace('hls_variant', 'hls_playlist');
  return [
    '#EXTM3U',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    '#EXT-X-STREAM-INF:BANDWIDTH=290288,CODECS="mp4a.40.5,avc1.4d400c",RESOLUTION=640x360,FRAME-RATE=10',
    `https://manifest.googlevideo.com${piece.replace('/file/', '/itag/93/file/')}`,
    '',
  ].join('\n');
}

/** The bytes of a video in a format. Rejects when ffmpeg cannot make them. */
export function mediaOf(media: MediaMaker, video: Video, { itag }: MediaFormat): Promise<Content> {
  return media.contentOf({
    itag,
    videoId: video.id,
    seconds: video.seconds,
    paddingBytes: video.paddingBytes,
  });
}

/** Answers a media address: the part that `range=a-b` names with 200, that of a `Range` header with 206. */
export async function videoplayback(
  { path, query, headers }: SiteRequest,
  { library, media }: World,
): Promise<Reply> {
  if (LIVE_MANIFEST.test(path)) return text(liveManifest(path), 'application/vnd.apple.mpegurl');
  const video = library.videos.get(query.get('id') ?? '');
  const format = video && formatsOf(video).find(({ itag }) => String(itag) === query.get('itag'));
  if (path !== '/videoplayback' || !video || !format) return text('', 'text/plain', 403);
  const content = await mediaOf(media, video, format);
  const part = parseRangeQuery(query.get('range'), content.size);
  if (part === 'unsatisfiable') return text('', 'text/plain', 416);
  return fileReply({
    content: part === null ? content : partOf(content, part),
    headers: { 'content-type': format.mimeType.split(';')[0] ?? '' },
    range: headers.range,
  });
}

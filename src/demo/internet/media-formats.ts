/** A format in which a video is offered, under YouTube's number for it. */
export interface MediaFormat {
  readonly itag: number;
  readonly container: 'mp4' | 'webm';
  readonly mimeType: string;
  /** Bits a second, as announced. */
  readonly bitrate: number;
  readonly video?: { readonly width: number; readonly height: number; readonly encoder: readonly string[] };
  readonly audio?: { readonly encoder: readonly string[] };
}

const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '35', '-pix_fmt', 'yuv420p'];
/** For an ffmpeg without libx264. */
export const MPEG4: readonly string[] = ['-c:v', 'mpeg4', '-q:v', '20'];
const AAC = ['-c:a', 'aac', '-b:a', '32k'];
const VP9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-crf', '45', '-b:v', '0'];
const OPUS = ['-c:a', 'libopus', '-b:a', '24k'];

const P360 = { width: 640, height: 360 };
const P720 = { width: 1280, height: 720 };

/** Every format that can be offered. */
export const MEDIA_FORMATS: readonly MediaFormat[] = [
  {
    itag: 18,
    container: 'mp4',
    mimeType: 'video/mp4; codecs="avc1.42001E, mp4a.40.2"',
    bitrate: 130_000,
    video: { ...P360, encoder: H264 },
    audio: { encoder: AAC },
  },
  {
    itag: 134,
    container: 'mp4',
    mimeType: 'video/mp4; codecs="avc1.4d401e"',
    bitrate: 100_000,
    video: { ...P360, encoder: H264 },
  },
  {
    itag: 136,
    container: 'mp4',
    mimeType: 'video/mp4; codecs="avc1.4d401f"',
    bitrate: 200_000,
    video: { ...P720, encoder: H264 },
  },
  {
    itag: 140,
    container: 'mp4',
    mimeType: 'audio/mp4; codecs="mp4a.40.2"',
    bitrate: 32_000,
    audio: { encoder: AAC },
  },
  {
    itag: 243,
    container: 'webm',
    mimeType: 'video/webm; codecs="vp9"',
    bitrate: 90_000,
    video: { ...P360, encoder: VP9 },
  },
  {
    itag: 247,
    container: 'webm',
    mimeType: 'video/webm; codecs="vp9"',
    bitrate: 190_000,
    video: { ...P720, encoder: VP9 },
  },
  {
    itag: 251,
    container: 'webm',
    mimeType: 'audio/webm; codecs="opus"',
    bitrate: 33_000,
    audio: { encoder: OPUS },
  },
];

/** What a video is offered in unless told otherwise: one format with both, two pictures, one sound. */
export const USUAL_ITAGS: readonly number[] = [18, 134, 136, 140];

import { z } from 'zod';
import { isVideoId } from '../../sources/index.ts';

/** The ending of what yt-dlp writes beside a video, or a playlist, with `--write-info-json`. */
export const INFO_ENDING = '.info.json';

/** A larger file of that name is not read: those of long playlists have a few hundred kilobytes. */
export const MAX_INFO_BYTES = 32 << 20;

/** What yt-dlp wrote down of a video, or of a playlist. Foreign text, all of it. */
export interface VideoInfoFile {
  readonly kind: 'video';
  readonly id: string;
  readonly title: string | null;
  readonly channel: string | null;
  /** Seconds. */
  readonly duration: number | null;
  readonly hasVideo: boolean | null;
  readonly hasAudio: boolean | null;
  /** The playlist that it was fetched from, its place there from 1, and how many entries that list had. */
  readonly playlistId: string | null;
  readonly playlistIndex: number | null;
  readonly playlistCount: number | null;
}

export type InfoFile = VideoInfoFile | { readonly kind: 'other' };

const text = z.string().nullable().catch(null);
const positive = z.number().positive().nullable().catch(null);
const whole = z.number().int().positive().nullable().catch(null);

const schema = z.object({
  id: z.string(),
  _type: z.string().nullish().catch(null),
  extractor_key: text.optional(),
  extractor: text.optional(),
  title: text.optional(),
  channel: text.optional(),
  uploader: text.optional(),
  duration: positive.optional(),
  vcodec: text.optional(),
  acodec: text.optional(),
  playlist_id: text.optional(),
  playlist_index: whole.optional(),
  playlist_count: whole.optional(),
});

/** Reads it; null where its JSON is broken or is none of yt-dlp's. Pure. */
export function parseInfoFile(json: string): InfoFile | null {
  let value: unknown;
  try {
    value = JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch {
    return null;
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) return null;
  const { id, _type: type, extractor_key: key, extractor, ...said } = parsed.data;
  const site = (key ?? extractor ?? '').toLowerCase();
  if (site !== 'youtube' || (type ?? 'video') !== 'video' || !isVideoId(id)) return { kind: 'other' };
  return {
    kind: 'video',
    id,
    title: said.title ?? null,
    channel: said.channel ?? said.uploader ?? null,
    duration: said.duration ?? null,
    hasVideo: has(said.vcodec),
    hasAudio: has(said.acodec),
    playlistId: said.playlist_id ?? null,
    playlistIndex: said.playlist_index ?? null,
    playlistCount: said.playlist_count ?? null,
  };
}

function has(codec: string | null | undefined): boolean | null {
  return codec === null || codec === undefined ? null : codec !== 'none';
}

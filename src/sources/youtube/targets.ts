/** What a link to YouTube points at. Its URL is rebuilt from an id that was checked, never the person's own. */
export interface YoutubeTarget {
  readonly kind: 'video' | 'playlist';
  readonly id: string;
  readonly url: string;
}

const VIDEO_ID = /^[A-Za-z0-9_-]{11}$/;
const PLAYLIST_ID = /^[A-Za-z0-9_-]{2,64}$/;

export function isVideoId(text: unknown): text is string {
  return typeof text === 'string' && VIDEO_ID.test(text);
}

export function isPlaylistId(text: unknown): text is string {
  return typeof text === 'string' && PLAYLIST_ID.test(text);
}

/** The target of an id that was checked. */
export function videoTarget(id: string): YoutubeTarget {
  return { kind: 'video', id, url: `https://www.youtube.com/watch?v=${id}` };
}

/** The target of a playlist's id that was checked. */
export function playlistTarget(id: string): YoutubeTarget {
  return { kind: 'playlist', id, url: `https://www.youtube.com/playlist?list=${id}` };
}

import { takeFaults } from '../faults.ts';
import type { MediaMaker } from '../media.ts';
import type { Reply } from '../reply.ts';
import type { Site } from '../site.ts';
import type { Playlist } from './playlist.ts';
import type { Library } from './library.ts';
import { routeYoutube } from './routes.ts';
import { newVideo, type HostMood, type Video, type VideoOptions } from './video.ts';

interface PlaylistOptions {
  readonly id: string;
  readonly title?: string;
  readonly videoIds: readonly string[];
  readonly pageSize?: number;
}

/** The YouTube of the loopback internet. A video that was never added answers that it isn't available anymore. */
export interface Youtube extends HostMood {
  readonly videos: ReadonlyMap<string, Video>;
  /** Adds or replaces a video. Throws for an id that is none. The returned object may be changed at any time. */
  addVideo(options?: VideoOptions): Video;
  /** Adds or replaces a playlist; ids of videos that are not there are its deleted entries. */
  addPlaylist(options: PlaylistOptions): Playlist;
}

const YOUTUBE_HOSTS = [
  'youtube.com',
  'www.youtube.com',
  'm.youtube.com',
  'music.youtube.com',
  'youtu.be',
  'www.youtube-nocookie.com',
  'youtubei.googleapis.com',
  '*.googlevideo.com',
] as const;

const VIDEO_ID = /^[A-Za-z0-9_-]{11}$/;

/** The same answer, which takes the session away. */
function signedOut(reply: Reply): Reply {
  const gone = 'LOGIN_INFO=; Domain=.youtube.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; Secure';
  return { ...reply, headers: { ...reply.headers, 'set-cookie': gone } };
}

/** Makes an empty YouTube, and the site that serves it. */
export function createYoutube(media: MediaMaker): { youtube: Youtube; site: Site } {
  const library: Library = { videos: new Map(), playlists: new Map() };
  const youtube: Youtube = {
    behaviour: 'ok',
    endsSessions: false,
    faults: {},
    videos: library.videos,
    addVideo(options = {}) {
      const id = options.id ?? `loop${String(library.videos.size + 1).padStart(7, '0')}`;
      if (!VIDEO_ID.test(id)) throw new Error(`"${id}" is not the id of a video: 11 of A-Z a-z 0-9 _ -.`);
      const video = newVideo({ ...options, id });
      library.videos.set(video.id, video);
      return video;
    },
    addPlaylist({ id, title = id, videoIds, pageSize = 100 }) {
      const playlist: Playlist = { id, title, videoIds, pageSize };
      library.playlists.set(id, playlist);
      return playlist;
    },
  };
  const site: Site = {
    hosts: YOUTUBE_HOSTS,
    async answer(request) {
      const { resource, videoId, reply } = await routeYoutube(request, { library, media, host: youtube });
      const own = videoId === null ? undefined : library.videos.get(videoId);
      const isSignedIn = /\bLOGIN_INFO=[^;]/.test(request.headers.cookie ?? '');
      if (youtube.endsSessions && isSignedIn) return { reply: signedOut(reply), fault: {} };
      return { reply, fault: takeFaults(youtube.faults[resource], own?.faults[resource]) };
    },
  };
  return { youtube, site };
}

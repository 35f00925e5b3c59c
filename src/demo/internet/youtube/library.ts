import type { MediaMaker } from '../media.ts';
import type { Reply } from '../reply.ts';
import type { Playlist } from './playlist.ts';
import { newVideo, type HostMood, type Video, type YoutubeFaults } from './video.ts';

/** Everything on this YouTube. */
export interface Library {
  readonly videos: Map<string, Video>;
  readonly playlists: Map<string, Playlist>;
}

/** What answers are made from. */
export interface World {
  readonly library: Library;
  readonly media: MediaMaker;
  readonly host: HostMood;
}

/** A reply, with what was asked for: it decides which faults strike. */
export interface RoutedReply {
  readonly resource: keyof YoutubeFaults;
  readonly videoId: string | null;
  readonly reply: Reply;
}

/** The video of this id; one that was never added is unavailable. */
export function videoOf({ videos }: Library, id: string): Video {
  return videos.get(id) ?? newVideo({ id, title: '', channel: '', behaviour: 'unavailable' });
}

import { countUse, currentScripted, takeScripted, type Scripted } from '../scripted.ts';
import type { Fault } from '../faults.ts';
import { USUAL_ITAGS } from '../media-formats.ts';

/** How YouTube treats a video. */
export type VideoBehaviour =
  | 'ok'
  | 'private'
  | 'removed'
  | 'terminated'
  | 'unavailable'
  | 'bot-check'
  | 'soft-block'
  | 'age'
  | 'members'
  | 'region'
  | 'upcoming'
  | 'live';

/** A caption track; `asr` is made by speech recognition. */
export interface Caption {
  readonly lang: string;
  readonly kind?: 'asr';
  /** One cue a line. */
  readonly text?: string;
}

/** Faults by what is asked for. */
export interface YoutubeFaults {
  /** The HTML of a watch page, a playlist and so on. */
  page?: Fault;
  /** `/youtubei/v1/player`. */
  player?: Fault;
  /** The media themselves. */
  media?: Fault;
  timedtext?: Fault;
}

/** What a test may say about a video; the rest is filled in. */
export interface VideoOptions {
  /** 11 characters of `[A-Za-z0-9_-]`; made up when absent. */
  readonly id?: string;
  readonly title?: string;
  readonly channel?: string;
  readonly description?: string;
  /** Whole seconds. */
  readonly seconds?: number;
  /** YouTube's format numbers, see media-formats.ts. */
  readonly itags?: readonly number[];
  /** Bytes that players skip, behind each medium: makes a download last. */
  readonly paddingBytes?: number;
  /** The player does not say how long its media are. */
  readonly lengthUnknown?: boolean;
  readonly captions?: readonly Caption[];
  readonly behaviour?: Scripted<VideoBehaviour>;
  readonly faults?: YoutubeFaults;
}

/** A video. Its fields may be changed at any time; the next request sees the change. */
export interface Video {
  readonly id: string;
  title: string;
  channel: string;
  description: string;
  seconds: number;
  itags: readonly number[];
  paddingBytes: number;
  lengthUnknown: boolean;
  captions: readonly Caption[];
  /** With `times`, a visit (one load of the watch page and what follows it) counts once. */
  behaviour: Scripted<VideoBehaviour>;
  faults: YoutubeFaults;
}

/** How the whole of YouTube treats everyone, whatever the video. */
export interface HostMood {
  /** `ok` leaves it to each video. With `times`, a visit counts once. */
  behaviour: Scripted<VideoBehaviour>;
  /** A video's own faults win. */
  faults: YoutubeFaults;
  /** Whether it ends the session of whoever is signed in, as it does with cookies that a browser renewed since. */
  endsSessions: boolean;
}

/** A video with what was said about it, and the usual for the rest. */
export function newVideo(options: VideoOptions & { readonly id: string }): Video {
  return {
    title: `Video ${options.id}`,
    channel: 'Loopback Channel',
    description: 'A test picture and a tone.',
    seconds: 2,
    itags: USUAL_ITAGS,
    paddingBytes: 0,
    lengthUnknown: false,
    captions: [],
    behaviour: 'ok',
    ...options,
    faults: { ...options.faults },
  };
}

/** Begins a visit to a video. */
export function beginVisit(host: HostMood, video: Video): void {
  if (takeScripted(host.behaviour) === 'ok' && typeof video.behaviour === 'object') countUse(video.behaviour);
}

/** How this visit goes. */
export function behaviourOf(host: HostMood, video: Video): VideoBehaviour {
  const forAll = currentScripted(host.behaviour);
  return forAll === 'ok' ? currentScripted(video.behaviour) : forAll;
}

import { type Cause, RowtrailError } from '../../errors/index.ts';
import type { LinkTargets } from '../source.ts';
import { linkSplitter } from '../split-links.ts';
import { webAddress } from '../web-address.ts';
import { isPlaylistId, isVideoId, playlistTarget, videoTarget, type YoutubeTarget } from './targets.ts';

const HOSTS = new Set(
  ['youtube.com', 'youtube-nocookie.com', 'youtu.be']
    .flatMap((host) => [host, `www.${host}`])
    .concat(['m.youtube.com', 'music.youtube.com', 'gaming.youtube.com', 'consent.youtube.com']),
);

const splitLinks = linkSplitter({
  host: String.raw`(?:[a-z]+\.)?(?:youtube(?:-nocookie)?\.com|youtu\.be)\.?/`,
});

/** Paths whose next segment is the id of a video. */
const VIDEO_PATHS = new Set(['watch', 'shorts', 'embed', 'live', 'v', 'e']);

/** Lists of a signed-in person's own: nobody else can see what is in them. */
const PERSONAL_LISTS = new Set(['WL', 'LL', 'LM', 'HL']);

/** Characters of a link that a message quotes. */
const MAX_QUOTED = 200;

/**
 * What a link cell points at, in order and without repeats. Understood are all forms of a link to a video, lists of
 * ids (`watch_videos?video_ids=`) and playlists, with or without a scheme, several of them separated by `|`,
 * white space, or a comma or semicolon before the next one; a video inside a playlist (`watch?v=..&list=..`) is the video. No host is contacted.
 *
 * The error names the first link that cannot be used: `foreign_link` for other hosts and for other places than the
 * web, `unsupported_link` for channels, searches and the like, `malformed_link` for the rest.
 */
export function parseYoutubeLinks(cell: string): LinkTargets<YoutubeTarget> {
  try {
    const links = splitLinks(cell);
    if (links.length === 0) throw new RowtrailError('malformed_link', 'There is no link.');
    return { targets: withoutRepeats(links.flatMap(targetsOf)), error: null };
  } catch (error) {
    if (error instanceof RowtrailError) return { targets: [], error };
    throw error;
  }
}

function targetsOf(link: string): readonly YoutubeTarget[] {
  const url = urlOf(link);
  if (!HOSTS.has(url.hostname.replace(/\.$/, '')))
    throw refused('foreign_link', 'leads to another host', link);
  const [first = '', second = ''] = url.pathname.split('/').filter((part) => part !== '');
  const list = url.searchParams.get('list');

  if (url.hostname.startsWith('consent.')) return targetsOf(wrapped(url, 'continue', link));
  if (url.hostname.endsWith('youtu.be')) return [video(first, link)];
  switch (first) {
    case 'watch_videos':
      return (url.searchParams.get('video_ids') ?? '').split(',').map((id) => video(id.trim(), link));
    case 'playlist':
      return [playlist(list ?? '', link)];
    case 'attribution_link':
      return targetsOf(wrapped(url, 'u', link));
    case 'embed':
      if (second === 'videoseries') return [playlist(list ?? '', link)];
      if (second === 'live_stream')
        throw refused('unsupported_link', 'is not one to a video or a playlist', link);
      break;
    case 'watch': {
      const id = url.searchParams.get('v');
      if (id !== null) return [video(id, link)];
      if (second === '' && list !== null) return [playlist(list, link)];
      break;
    }
    default:
  }
  if (VIDEO_PATHS.has(first)) return [video(second, link)];
  throw refused('unsupported_link', 'is not one to a video or a playlist', link);
}

function urlOf(link: string): URL {
  const url = webAddress(link);
  if (url === 'malformed_link') throw refused(url, 'is no link', link);
  if (url === 'foreign_link') throw refused(url, 'does not lead to YouTube', link);
  return url;
}

/** The link that another one carries inside; it is checked like any other. */
function wrapped(url: URL, parameter: string, link: string): string {
  const inner = url.searchParams.get(parameter) ?? '';
  const target = URL.parse(inner, 'https://www.youtube.com/');
  // One level only: a link inside a link inside a link is a trick.
  if (
    inner === '' ||
    target === null ||
    target.searchParams.has('continue') ||
    target.searchParams.has('u')
  ) {
    throw refused('malformed_link', 'holds no link to a video', link);
  }
  return target.href;
}

function video(id: string, link: string): YoutubeTarget {
  // `youtu.be/ID&t=5` is written often, with the first `?` forgotten.
  const [clean = ''] = id.split('&');
  if (!isVideoId(clean)) throw refused('malformed_link', 'holds no valid video id', link);
  return videoTarget(clean);
}

function playlist(id: string, link: string): YoutubeTarget {
  if (!isPlaylistId(id)) throw refused('malformed_link', 'holds no valid playlist id', link);
  if (PERSONAL_LISTS.has(id)) throw refused('unsupported_link', 'is a list that only its owner sees', link);
  return playlistTarget(id);
}

function refused(cause: Cause, what: string, link: string): RowtrailError {
  const quoted = link.length > MAX_QUOTED ? `${link.slice(0, MAX_QUOTED)}\u2026` : link;
  return new RowtrailError(cause, `The link "${quoted}" ${what}.`);
}

function withoutRepeats(targets: readonly YoutubeTarget[]): readonly YoutubeTarget[] {
  return [...new Map(targets.map((target) => [target.url, target])).values()];
}

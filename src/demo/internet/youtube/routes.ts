import { html, notFound, redirect, text, type Reply } from '../reply.ts';
import type { SiteRequest } from '../site.ts';
import { innertube } from './innertube.ts';
import type { Library, RoutedReply, World } from './library.ts';
import { PLAYER_JS, PLAYER_PATH, youtubePage } from './page.ts';
import { missingPlaylistData, playlistData } from './playlist.ts';
import { timedtextReply } from './timedtext.ts';
import { videoplayback } from './videoplayback.ts';
import { embedPage, watchPage } from './watch-page.ts';

/** Paths that end in a video's id and show its watch page. */
const VIDEO_PATH = /^\/(?:shorts|live|v)\/([A-Za-z0-9_-]{11})$/;
const EMBED_PATH = /^\/embed\/([A-Za-z0-9_-]{11})$/;

/** Answers one request to any of YouTube's hosts. */
export async function routeYoutube(request: SiteRequest, world: World): Promise<RoutedReply> {
  const { host, path, query } = request;
  const page = (reply: Reply, videoId: string | null = null): RoutedReply => ({
    resource: 'page',
    videoId,
    reply,
  });
  if (host === 'youtu.be') return page(toWww(`/watch?v=${path.slice(1)}&feature=youtu.be`));
  if (host === 'youtube.com') return page(toWww(`${path}?${query}`));
  if (host.endsWith('.googlevideo.com'))
    return { resource: 'media', videoId: query.get('id'), reply: await videoplayback(request, world) };
  if (path.startsWith('/youtubei/v1/')) return innertube(request, world);
  const id = path === '/watch' ? query.get('v') : VIDEO_PATH.exec(path)?.[1];
  if (id) return page(watchPage(id, world), id);
  if (EMBED_PATH.test(path)) return page(embedPage());
  switch (path) {
    case '/playlist':
      return page(playlistPage(query.get('list') ?? '', world.library));
    case '/api/timedtext':
      return { resource: 'timedtext', videoId: query.get('v'), reply: timedtext(query, world.library) };
    case PLAYER_PATH:
      return page(text(PLAYER_JS, 'text/javascript'));
    case '/iframe_api':
      return page(text(`var scriptUrl = '${PLAYER_PATH}';`, 'text/javascript'));
    default:
      return page(notFound());
  }
}

function toWww(pathAndQuery: string): Reply {
  return redirect(`https://www.youtube.com${pathAndQuery}`, 303);
}

function playlistPage(list: string, { videos, playlists }: Library): Reply {
  const playlist = playlists.get(list);
  const ytInitialData = playlist
    ? playlistData(playlist, (id) => videos.get(id), { withDead: false })
    : missingPlaylistData();
  return html(youtubePage({ title: playlist?.title ?? 'YouTube', data: { ytInitialData } }));
}

function timedtext(query: URLSearchParams, { videos }: Library): Reply {
  const video = videos.get(query.get('v') ?? '');
  return video ? timedtextReply(video, query) : notFound();
}

import { json, type Reply } from '../reply.ts';
import type { SiteRequest } from '../site.ts';
import { videoOf, type Library, type RoutedReply, type World } from './library.ts';
import { formatsOf, playerResponse } from './player-response.ts';
import { decodeToken, missingPlaylistData, playlistContinuation, playlistData } from './playlist.ts';
import { behaviourOf } from './video.ts';
import { mediaOf } from './videoplayback.ts';
import { watchData } from './watch-page.ts';

/** Answers YouTube's internal API, which its own pages and apps speak. */
export async function innertube({ path, body }: SiteRequest, world: World): Promise<RoutedReply> {
  const asked = textsOf(body);
  const videoId = asked['videoId'] ?? null;
  switch (path) {
    case '/youtubei/v1/player':
      return { resource: 'player', videoId, reply: await player(videoId ?? '', world) };
    case '/youtubei/v1/next':
      return { resource: 'page', videoId, reply: json(watchData(videoOf(world.library, videoId ?? ''))) };
    case '/youtubei/v1/browse':
      return { resource: 'page', videoId: null, reply: browse(asked, world.library) };
    default:
      return { resource: 'page', videoId: null, reply: unknownEndpoint() };
  }
}

async function player(videoId: string, { library, host, media }: World): Promise<Reply> {
  const video = videoOf(library, videoId);
  const behaviour = behaviourOf(host, video);
  const offered = behaviour === 'ok' ? formatsOf(video) : [];
  const formats = await Promise.all(
    offered.map(async (format) => ({ format, size: (await mediaOf(media, video, format)).size })),
  );
  return json(playerResponse({ video, behaviour, formats, now: new Date() }));
}

function browse(asked: Readonly<Record<string, string>>, { videos, playlists }: Library): Reply {
  const token = decodeToken(asked['continuation'] ?? '');
  const playlist = playlists.get(token?.list ?? (asked['browseId'] ?? '').replace(/^VL/, ''));
  if (!playlist) return json(missingPlaylistData());
  const find = (id: string) => videos.get(id);
  if (token) return json(playlistContinuation(playlist, find, token));
  // "Show unavailable videos" is the one request that carries params.
  return json(playlistData(playlist, find, { withDead: asked['params'] !== undefined }));
}

function unknownEndpoint(): Reply {
  return json({ error: { code: 404, message: 'Requested entity was not found.', status: 'NOT_FOUND' } }, 404);
}

/** The texts of a JSON object; anything else in it does not matter here. */
function textsOf(body: string): Readonly<Record<string, string>> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return {};
  }
  const entries = Object.entries(typeof value === 'object' && value !== null ? value : {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

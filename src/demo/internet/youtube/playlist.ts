import { currentScripted } from '../scripted.ts';
import { channelId } from './player-response.ts';
import type { Video } from './video.ts';

export interface Playlist {
  readonly id: string;
  title: string;
  /** Videos that are private, gone or unknown are its dead entries. */
  videoIds: readonly string[];
  /** Entries on one page; the rest comes by continuation. */
  pageSize: number;
}

/** What the pages of a playlist need to know about its videos. */
type FindVideo = (id: string) => Video | undefined;

/** The data of a playlist's page. `withDead`: also the entries that can no longer be watched. */
export function playlistData(
  playlist: Playlist,
  find: FindVideo,
  { withDead }: { withDead: boolean },
): Record<string, unknown> {
  const dead = playlist.videoIds.filter((id) => deadTitle(find(id)) !== null).length;
  return {
    ...(dead > 0 && !withDead
      ? {
          alerts: [
            alert(
              'INFO',
              dead === 1 ? '1 unavailable video is hidden' : `${dead} unavailable videos are hidden`,
            ),
          ],
        }
      : {}),
    contents: {
      twoColumnBrowseResultsRenderer: {
        tabs: [
          {
            tabRenderer: {
              selected: true,
              content: {
                sectionListRenderer: {
                  contents: [
                    {
                      itemSectionRenderer: {
                        contents: [
                          {
                            playlistVideoListRenderer: {
                              playlistId: playlist.id,
                              contents: playlistItems(playlist, find, { from: 0, withDead }),
                            },
                          },
                        ],
                      },
                    },
                  ],
                },
              },
            },
          },
        ],
      },
    },
    header: {
      playlistHeaderRenderer: {
        playlistId: playlist.id,
        title: { simpleText: playlist.title },
        privacy: 'PUBLIC',
      },
    },
    metadata: { playlistMetadataRenderer: { title: playlist.title } },
  };
}

/** A further page of a playlist, for the token that the page before gave. */
export function playlistContinuation(
  playlist: Playlist,
  find: FindVideo,
  { from, withDead }: { from: number; withDead: boolean },
): Record<string, unknown> {
  return {
    onResponseReceivedActions: [
      {
        appendContinuationItemsAction: {
          continuationItems: playlistItems(playlist, find, { from, withDead }),
        },
      },
    ],
  };
}

/** The data of the page of a playlist that is not there. */
export function missingPlaylistData(): Record<string, unknown> {
  return { alerts: [alert('ERROR', 'The playlist does not exist.')] };
}

function alert(type: 'ERROR' | 'INFO', message: string): Record<string, unknown> {
  return { alertRenderer: { type, text: { runs: [{ text: message }] } } };
}

function playlistItems(
  playlist: Playlist,
  find: FindVideo,
  { from, withDead }: { from: number; withDead: boolean },
): Record<string, unknown>[] {
  const shown = playlist.videoIds.filter((id) => withDead || deadTitle(find(id)) === null);
  const upTo = from + playlist.pageSize;
  const items = shown.slice(from, upTo).map((id, index) => playlistItem(id, find(id), from + index));
  if (upTo >= shown.length) return items;
  const token = encodeToken({ list: playlist.id, from: upTo, withDead });
  return [
    ...items,
    {
      continuationItemRenderer: {
        continuationEndpoint: { continuationCommand: { token, request: 'BROWSE' } },
      },
    },
  ];
}

function playlistItem(id: string, video: Video | undefined, index: number): Record<string, unknown> {
  const dead = deadTitle(video);
  const channel = video?.channel ?? '';
  return {
    playlistVideoRenderer: {
      videoId: id,
      title: { runs: [{ text: dead ?? video?.title ?? '' }] },
      index: { simpleText: String(index + 1) },
      isPlayable: dead === null,
      ...(dead === null
        ? {
            lengthSeconds: String(video?.seconds ?? 0),
            shortBylineText: {
              runs: [
                { text: channel, navigationEndpoint: { browseEndpoint: { browseId: channelId(channel) } } },
              ],
            },
          }
        : {}),
    },
  };
}

function deadTitle(video: Video | undefined): string | null {
  if (!video) return '[Deleted video]';
  const behaviour = currentScripted(video.behaviour);
  if (behaviour === 'private') return '[Private video]';
  return ['removed', 'terminated', 'unavailable'].includes(behaviour) ? '[Deleted video]' : null;
}

/** Where a continuation goes on. */
interface ContinuationToken {
  readonly list: string;
  readonly from: number;
  readonly withDead: boolean;
}

function encodeToken(token: ContinuationToken): string {
  return Buffer.from(JSON.stringify([token.list, token.from, token.withDead])).toString('base64url');
}

/** Reads a token back; null for one that was not made here. */
export function decodeToken(token: string): ContinuationToken | null {
  try {
    const [list, from, withDead] = JSON.parse(Buffer.from(token, 'base64url').toString()) as unknown[];
    return typeof list === 'string' && typeof from === 'number'
      ? { list, from, withDead: withDead === true }
      : null;
  } catch {
    return null;
  }
}

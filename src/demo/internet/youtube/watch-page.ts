import { html, type Reply } from '../reply.ts';
import { videoOf, type World } from './library.ts';
import { youtubePage } from './page.ts';
import { channelId, playerResponse } from './player-response.ts';
import { beginVisit, behaviourOf, type Video } from './video.ts';

/** A video's watch page; loading it begins a visit. */
export function watchPage(id: string, { library, host }: World): Reply {
  const video = videoOf(library, id);
  beginVisit(host, video);
  const behaviour = behaviourOf(host, video);
  const ytInitialPlayerResponse = playerResponse({ video, behaviour, formats: [], now: new Date() });
  return html(
    youtubePage({ title: video.title, data: { ytInitialPlayerResponse, ytInitialData: watchData(video) } }),
  );
}

/** The page inside other people's pages: only its configuration matters to a downloader. */
export function embedPage(): Reply {
  return html(youtubePage({ title: 'Embedded player', data: {} }));
}

/** The `ytInitialData` of a watch page, and what `/youtubei/v1/next` answers. */
export function watchData(video: Video): Record<string, unknown> {
  const channel = {
    text: video.channel,
    navigationEndpoint: { browseEndpoint: { browseId: channelId(video.channel) } },
  };
  const contents = [
    {
      videoPrimaryInfoRenderer: {
        title: { runs: [{ text: video.title }] },
        viewCount: { videoViewCountRenderer: { viewCount: { simpleText: '1,234 views' } } },
        dateText: { simpleText: 'Jan 2, 2024' },
      },
    },
    {
      videoSecondaryInfoRenderer: {
        owner: { videoOwnerRenderer: { title: { runs: [channel] } } },
        attributedDescription: { content: video.description },
      },
    },
  ];
  return {
    contents: { twoColumnWatchNextResults: { results: { results: { contents } } } },
    currentVideoEndpoint: { watchEndpoint: { videoId: video.id } },
  };
}

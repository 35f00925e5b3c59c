import { causeFacts } from '../../errors/index.ts';
import { HOST, type Host, type Hosts, pausedFailure, type Turn } from '../../hosts/index.ts';
import type { ItemFailure } from '../../row/index.ts';
import type { Wanted } from './arguments.ts';
import type { Fetched } from './fetch-video.ts';

/**
 * YouTube's pages, its transcripts and its media may refuse us separately. They are doors that a visit to a video goes
 * through; what waits behind a shut one is left for another time, the rest is fetched.
 */
export interface Doors {
  readonly page: Host;
  readonly transcripts: Host;
  readonly media: Host;
}

export function doorsOf(hosts: Hosts): Doors {
  return {
    page: hosts.host(HOST.youtube),
    transcripts: hosts.host(HOST.transcripts),
    media: hosts.host(HOST.media),
  };
}

/** The turns of one visit, and what it has to leave out. */
export interface Entrance extends AsyncDisposable {
  /** What can be asked for now. */
  readonly open: Wanted;
  /** Why the rest cannot; null where it can, or was not wanted. */
  readonly shut: { readonly video: ItemFailure | null; readonly transcript: ItemFailure | null };
  /** Tells each host what the visit met there. */
  end(fetched: Fetched): Promise<void>;
}

/**
 * Takes the turns that a visit needs. A paused host is not waited for.
 * @param work names the visit among those that do not reach their host
 * @throws AbortError when the signal fires
 */
export async function enterDoors(
  doors: Doors,
  wanted: Wanted,
  { work, signal }: { readonly work: string; readonly signal: AbortSignal | undefined },
): Promise<Entrance> {
  const options = { work, signal, pauses: 'leave' } as const;
  const page = await doors.page.enter(options);
  if (page === null) return nothingOpen(wanted, await pausedFailure(doors.page));
  const turns: Turn[] = [page];
  try {
    const media = wanted.video ? await doors.media.enter(options) : null;
    if (media !== null) turns.push(media);
    const transcripts = wanted.transcript ? await doors.transcripts.enter(options) : null;
    if (transcripts !== null) turns.push(transcripts);
    return {
      open: { video: media !== null, transcript: transcripts !== null },
      shut: {
        video: wanted.video && media === null ? await pausedFailure(doors.media) : null,
        transcript: wanted.transcript && transcripts === null ? await pausedFailure(doors.transcripts) : null,
      },
      async end({ unseen, video, transcript }) {
        await page.end(unseen);
        if (unseen !== null) return;
        if (video !== null) await media?.end(video.failure);
        // A video without captions was not asked for any.
        if (transcript !== null && transcript.failure?.cause !== 'no_captions') {
          await transcripts?.end(transcript.failure);
        }
      },
      [Symbol.asyncDispose]: () => leaveAll(turns),
    };
  } catch (error) {
    await leaveAll(turns);
    throw error;
  }
}

/**
 * What can be believed of a failure, once its turn has ended: nothing final, while the host turns us away. Then its answers are
 * often those of a video that is gone, and the item is left for another time.
 */
export async function believed(page: Host, failure: ItemFailure): Promise<ItemFailure> {
  if (causeFacts(failure.cause).verdict !== 'never') return failure;
  return (await page.pause())?.reason === 'refused' ? pausedFailure(page) : failure;
}

function nothingOpen(wanted: Wanted, failure: ItemFailure): Entrance {
  return {
    open: { video: false, transcript: false },
    shut: {
      video: wanted.video ? failure : null,
      transcript: wanted.transcript ? failure : null,
    },
    end: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function leaveAll(turns: readonly Turn[]): Promise<void> {
  for (const turn of turns) await turn.left();
}

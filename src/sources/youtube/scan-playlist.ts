import type { ItemFailure } from '../../row/index.ts';
import { scanArguments } from './arguments.ts';
import { classifyYtDlpFailure } from './failure.ts';
import { runYtDlp, type Session } from './session.ts';
import { isVideoId, videoTarget, type YoutubeTarget } from './targets.ts';

/** An entry of a playlist; one that the list itself calls dead has its failure already. */
export interface PlaylistEntry {
  readonly target: YoutubeTarget;
  readonly failure: ItemFailure | null;
}

export interface ScannedPlaylist {
  /** In order. */
  readonly entries: readonly PlaylistEntry[];
  /** Why the list, or the rest of it, could not be read. */
  readonly failure: ItemFailure | null;
}

/** What YouTube calls an entry that cannot be watched. */
const DEAD: Readonly<Record<string, ItemFailure>> = {
  '[Private video]': { cause: 'private', message: 'The playlist says that the video is private.' },
  '[Deleted video]': { cause: 'removed', message: 'The playlist says that the video was deleted.' },
};

/**
 * Lists a playlist without looking at its videos.
 * @throws the signal's reason on abort
 */
export async function scanPlaylist(
  session: Session,
  target: YoutubeTarget,
  folder: string,
): Promise<ScannedPlaylist> {
  const entries: PlaylistEntry[] = [];
  const end = await runYtDlp(
    session,
    folder,
    (settings) => scanArguments(settings, target, folder),
    (line) => {
      if (line.kind !== 'entry' || !isVideoId(line.id)) return;
      entries.push({ target: videoTarget(line.id), failure: DEAD[line.title ?? ''] ?? null });
    },
  );
  return { entries, failure: entries.length > 0 && end.exitCode === 0 ? null : whyNotWhole() };

  function whyNotWhole(): ItemFailure {
    if (end.startError !== null) return { cause: 'ytdlp_missing', message: 'yt-dlp could not be started.' };
    if (end.idle) return { cause: 'timeout', message: 'The playlist did not answer any more.' };
    if (end.exitCode === 0) return { cause: 'not_found', message: 'The playlist holds no video.' };
    return classifyYtDlpFailure(end, new Date());
  }
}

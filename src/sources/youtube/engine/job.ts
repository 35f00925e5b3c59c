import type { GroupEnd, GroupRun } from '../../processes/index.ts';

/** One run of yt-dlp, whichever engine does it: its arguments, the whole of its environment, its folder. */
export interface YtDlpJob extends Omit<GroupRun, 'command'> {
  /** Path of another program to run in place of yt-dlp, such as ffprobe: a worker starts it cheaper than we can. */
  readonly program?: string;
}

/** How it ended. */
export type YtDlpEnd = GroupEnd;

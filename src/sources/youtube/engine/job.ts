import type { GroupEnd, GroupRun } from '../../processes/index.ts';

/** One run of yt-dlp, whichever engine does it: its arguments, the whole of its environment, its folder. */
export type YtDlpJob = Omit<GroupRun, 'command'>;

/** How it ended. */
export type YtDlpEnd = GroupEnd;

/** The hosts that have a name of their own; any other one is called by its host name. */
export const HOST = {
  /** Pages of videos and playlists. */
  youtube: 'YouTube',
  /** Transcripts go through a door of their own, which is shut more often. */
  transcripts: 'YouTube transcripts',
  /** Where the media themselves come from. */
  media: 'YouTube media',
  drive: 'Google Drive',
  driveApi: 'Google Drive API',
} as const;

/** How a host is treated while it answers. */
export interface HostPolicy {
  /** Milliseconds between two starts; 0 for no pace. */
  readonly pace: number;
  /** Turns at the same time. */
  readonly concurrency: number;
}

/** `polite`, `off`, or the milliseconds between two starts at one host. */
export type Pace = 'polite' | 'off' | number;

/** About 300 videos an hour go through a session without an account; yt-dlp itself leaves pauses between requests, too. */
const POLITE: Readonly<Record<string, number>> = {
  [HOST.youtube]: 1000,
  [HOST.drive]: 250,
  [HOST.driveApi]: 100,
};
const POLITE_ELSEWHERE = 250;
/** Asked only within a turn at YouTube, whose pace they have. */
const WITHIN_ANOTHER: ReadonlySet<string> = new Set([HOST.transcripts, HOST.media]);

/** The policy of each host for a pace and a number of transfers at once. Pure. */
export function policies(pace: Pace, concurrency: number): (host: string) => HostPolicy {
  return (host) => {
    if (WITHIN_ANOTHER.has(host)) return { pace: 0, concurrency: Infinity };
    if (pace === 'off') return { pace: 0, concurrency };
    return { pace: pace === 'polite' ? (POLITE[host] ?? POLITE_ELSEWHERE) : pace, concurrency };
  };
}

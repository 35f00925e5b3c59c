import type { SidecarIdentity } from '../files/index.ts';
import type { ColumnMapping } from '../csv/index.ts';
import type { Clock, Pace } from '../hosts/index.ts';
import type { AlertTargets, GivenCondition } from '../monitoring/index.ts';
import type { OutputFormat, TranscriptFormat } from '../sources/index.ts';
import type { TrackerOptions } from '../tracker/index.ts';
import type { RunEvent } from './reporting/events.ts';

/** What a run can be told. Every field has a default; the command line has a flag of the same name for each. */
export interface WorkflowOptions {
  /** Folders of the downloads (default `youtube_downloads` and `drive_downloads` under the working directory). */
  readonly youtubeDir?: string | undefined;
  readonly driveDir?: string | undefined;
  /** At most so many downloads of a type in this run (default: all). */
  readonly maxYoutube?: number | undefined;
  readonly maxDrive?: number | undefined;
  readonly skipYoutube?: boolean | undefined;
  readonly skipDrive?: boolean | undefined;
  /** Fetch transcripts only; a later full run fetches the videos. */
  readonly transcriptOnly?: boolean | undefined;
  /** Height of the picture in pixels, at most. */
  readonly resolution?: number | undefined;
  /** Container of videos (default mp4). */
  readonly format?: OutputFormat | undefined;
  /** Languages of transcripts, the preferred first (default en, en-orig). */
  readonly subLangs?: readonly string[] | undefined;
  /** What transcripts are stored as (default vtt). */
  readonly transcriptFormat?: TranscriptFormat | undefined;
  /** Bytes a second of each YouTube transfer at most, such as `2M`. */
  readonly limitRate?: string | undefined;
  /** The record of plain yt-dlp (`--download-archive`): what stands in it is taken over where its file proves whole. */
  readonly archive?: string | undefined;
  /** Transfers at once for each source (default 3). */
  readonly concurrency?: number | undefined;
  /** Attempts after which a download is given up (default 3). */
  readonly retryAttempts?: number | undefined;
  /** Whether failed downloads are tried again (default true). */
  readonly includeFailed?: boolean | undefined;
  /**
   * First makes everything pending again that the run is about, also what is completed (default false). What was never tried
   * stays as it is.
   */
  readonly reset?: boolean | undefined;
  /** Takes up what was added to playlists and folders of completed downloads; what is here is not fetched again (default false). */
  readonly refresh?: boolean | undefined;
  readonly proxy?: string | undefined;
  readonly caCert?: string | undefined;
  readonly cookies?: string | undefined;
  /** A key of a Google Cloud project: Drive is asked through its API, for what is shared with everyone. */
  readonly driveApiKey?: string | undefined;
  /** A file with the key of a service account or an OAuth token: Drive is asked for what is shared with that account. */
  readonly googleCredentials?: string | undefined;
  /** Whether plain http and https links to files are taken in the Drive column, too (default false). */
  readonly allowDirectLinks?: boolean | undefined;
  /** Whether public links may lead to addresses of this machine and its network (default false). */
  readonly allowPrivateAddresses?: boolean | undefined;
  /** What documents of Google's editors are exported as, the preferred format first (default docx, xlsx, pptx). */
  readonly exportFormats?: readonly string[] | undefined;
  /** How politely hosts are asked: `polite` (default), `off`, or the milliseconds between two starts at a host. */
  readonly pace?: Pace | undefined;
  /** The longest pause of a host that is waited for, in milliseconds (default 10 minutes). */
  readonly maxWait?: number | undefined;
  /** The PostgreSQL database that holds the ledger; without one it stands beside the CSV. */
  readonly store?: string | undefined;
  /** With a store: whether this run fetches, too (default true). If not, workers do all of it. */
  readonly download?: boolean | undefined;
  /** With a store: milliseconds without a sign of life after which a download is given to others (default 60 s). Whole seconds count. */
  readonly lease?: number | undefined;
  /** Other header names for the columns that rowtrail reads. */
  readonly columns?: Partial<ColumnMapping> | undefined;
  /** Alert conditions besides the default ones, or in their place where they have the same name. */
  readonly alerts?: readonly GivenCondition[] | undefined;
  /** Where alerts are sent to while the run goes on. */
  readonly alertTargets?: AlertTargets | undefined;
  /** What sidecars hold of names and e-mails (default `full`). */
  readonly sidecarIdentity?: SidecarIdentity | undefined;
  /** Whether rows with the same video or file share its bytes on the disk (default true); fetched once it is either way. */
  readonly share?: boolean | undefined;
  /** Stops the run: nothing new begins, transfers end, everything done is written back. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
  readonly clock?: Clock | undefined;
}

export const DEFAULTS = {
  youtubeDir: 'youtube_downloads',
  driveDir: 'drive_downloads',
  concurrency: 3,
  retryAttempts: 3,
  maxWait: 600_000,
  pace: 'polite',
  sidecarIdentity: 'full',
  lease: 60_000,
  grace: 30_000,
} as const satisfies Partial<WorkflowOptions> & { readonly grace: number };

/** What of it says how a CSV and its ledger are opened. */
export function trackingOf({ columns, store, lease }: WorkflowOptions): TrackerOptions {
  return { ...(columns !== undefined && { columns }), store, lease };
}

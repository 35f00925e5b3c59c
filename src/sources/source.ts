import type { RowtrailError } from '../errors/index.ts';
import type { Keeping } from '../files/index.ts';
import type { Hosts } from '../hosts/index.ts';
import type { DownloadResult, DownloadType, ItemKey, RowContext } from '../row/index.ts';
import type { Network } from './network.ts';

/** How far one transfer is. Emitted a few times a second. */
export interface TransferProgress {
  readonly rowId: string;
  readonly downloadType: DownloadType;
  /** What is being transferred, for a person: an id, never a path of metadata. */
  readonly label: string;
  /** Its title or file name as the host gives it: foreign text; null or left out until it is known. */
  readonly title?: string | null;
  readonly receivedBytes: number;
  readonly totalBytes: number | null;
  readonly bytesPerSecond: number | null;
  readonly etaSeconds: number | null;
}

/** What every source takes, whatever it fetches. */
export interface SourceOptions {
  /** Folder for the files, or `s3://bucket/prefix`; staging is a dot-folder inside it, or on this machine. */
  readonly outputDir?: string;
  readonly network?: Network;
  /** The download generation; an item that a crash kept from being recorded is taken over within its own generation only. */
  readonly generation?: number | null | undefined;
  /** What sidecars hold besides, and whether another row's copy may stand in for a transfer. */
  readonly keeping?: Keeping | undefined;
  /** Items that earlier attempts brought; they are not fetched again and are not in the result. */
  readonly done?: readonly ItemKey[];
  /**
   * Where each item takes its own turn (`pauses: 'leave'`) before its host is asked, and ends it with what was met. An item
   * that gets none fails with `pausedFailure`, and so do those behind it that need the same host; they cost no attempt.
   * Default: `processHosts`, one polite set that all calls of this process share.
   */
  readonly hosts?: Hosts;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TransferProgress) => void;
}

/** Fetches one download of one row. Never rejects for what a host or a link does: that is in the result's items. */
export type FetchDownload<Options extends SourceOptions> = (
  url: string,
  row: RowContext,
  options?: Options,
) => Promise<DownloadResult>;

/** What a link cell points at: the items to fetch, in order, or why it cannot be used. No host is contacted for this. */
export type LinkTargets<Target> =
  | { readonly targets: readonly Target[]; readonly error: null }
  | { readonly targets: readonly []; readonly error: RowtrailError };

import type { SharedMedia } from '../../files/index.ts';
import type { Clock, Hosts } from '../../hosts/index.ts';
import type { AttemptRecord, BeginRecord, BegunDownload, DownloadState } from '../../ledger/index.ts';
import type { DownloadType } from '../../row/index.ts';
import type { RunEvent } from '../reporting/events.ts';
import type { WorkflowOptions } from '../options.ts';
import type { RunProgress } from '../reporting/run-progress.ts';
import type { Task } from '../planning/tasks.ts';

/** What one attempt needs, whoever makes it: a run, for its own CSV, or a worker, for the CSV of a job. */
export interface AttemptContext {
  /** The run that asked for it. */
  readonly runId: string;
  /** The CSV's name, without a folder; sidecars hold it. */
  readonly csvName: string;
  readonly options: WorkflowOptions;
  readonly clock: Clock;
  /** Where each item takes its turn. */
  readonly hosts: Hosts;
  readonly folders: Readonly<Record<DownloadType, string>>;
  /** What rows have in common is fetched once. */
  readonly media: SharedMedia;
  /** How far the transfers are. */
  readonly progress: RunProgress;
  /** Says in the ledger that the download is being worked on. */
  readonly begin: (download: BeginRecord) => Promise<BegunDownload>;
  /** Keeps a result; it is durable when this resolves. */
  readonly record: (attempt: AttemptRecord) => Promise<DownloadState>;
  /** The ledger says `downloading`. */
  readonly begun: () => void;
  /** The result is in the ledger. @param before the download's status until then */
  readonly recorded: (attempt: AttemptRecord, state: DownloadState, before: Task['before']) => void;
  /** It was begun, and there will be no result. */
  readonly abandoned: (begun: BegunDownload) => Promise<void>;
  readonly tell: (event: RunEvent) => void;
  readonly note: (message: string, rowId?: string) => void;
}

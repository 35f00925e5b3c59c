import type { RowtrailError } from '../../../errors/index.ts';
import type { ApiFile } from '../api/api-file.ts';
import type { DriveTarget } from '../links/target.ts';

/** A file that is to be fetched. */
export interface PlannedItem {
  readonly target: DriveTarget;
  /** The owner's name for it where a list or the API tells it; hostile. */
  readonly name: string | null;
  /** Where it is kept below the download folder, with `/`; empty for the download folder itself. */
  readonly folder: string;
  /** What the API says of it; null where it is asked for without the API. */
  readonly file: ApiFile | null;
}

/** A file or folder that cannot be had: an item that failed. */
export interface PlannedFailure {
  readonly target: DriveTarget;
  readonly name: string | null;
  readonly error: RowtrailError;
}

export type Planned = PlannedItem | PlannedFailure;

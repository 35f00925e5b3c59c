import { type DownloadType } from '../../row/index.ts';

/** Downloads of one type by decision; `folder` counts those of `to_fetch` that are folders or playlists. */
export interface TypePlan {
  noLink: number;
  malformed: number;
  folder: number;
  alreadyHere: number;
  givenUp: number;
  waiting: number;
  /** In rows that cannot be worked on; see `Plan.unusable`. */
  unusable: number;
  skipped: number;
  toFetch: number;
}

export interface Plan {
  readonly totalRows: number;
  readonly youtube: Readonly<TypePlan>;
  readonly drive: Readonly<TypePlan>;
  /** When the first of the downloads that wait may be tried (ISO 8601), or null when none waits. */
  readonly waitingUntil: string | null;
  /** Rows that cannot be worked on: why, how many, and the lines of the first few. */
  readonly unusable: readonly {
    readonly reason: string;
    readonly count: number;
    readonly lines: readonly number[];
  }[];
}

/** How many downloads of each type a run is to try. */
export type Due = Readonly<Record<DownloadType, number>>;

/** A link that cannot be used is tried as well, without a host. */
export function dueIn({ youtube, drive }: Pick<Plan, DownloadType>): Due {
  const of = ({ toFetch, malformed }: TypePlan) => toFetch + malformed;
  return { youtube: of(youtube), drive: of(drive) };
}

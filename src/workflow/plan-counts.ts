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

import type { ItemKey } from '../row/index.ts';
import type { Sidecar, SidecarIdentity } from './sidecar-format.ts';

/** How a run wants its items kept: what their sidecars say besides, and whether another row's copy may stand in for a transfer. */
export interface Keeping {
  /** Base name of the CSV. */
  readonly csv: string | null;
  /** The number of the attempt, from 1. */
  readonly attempt: number | null;
  /** When it began, ISO 8601. */
  readonly startedAt: string | null;
  readonly identity: SidecarIdentity;
  /** Null where every row fetches its own. */
  readonly media: SharedMedia | null;
}

/** A medium of a host, in the one of its forms that is asked for. */
export interface MediumKey extends ItemKey {
  /** What was asked for of several that there are; null where there is one only. */
  readonly requested: string | null;
}

/** A whole copy that another row has. */
export interface KnownCopy {
  /** The folder of the sidecar and of the files that it lists; absolute. */
  readonly folder: string;
  readonly sidecar: Sidecar;
  /** The base name of the sidecar. */
  readonly sidecarFile: string;
  /** Whether this run brought it: what a host shows may have changed since an earlier one. */
  readonly isOfThisRun: boolean;
}

/** Keeps rows from fetching one medium twice, also when both are due at the same moment. */
export interface SharedMedia {
  /** False: copies share nothing on the disk. */
  readonly share: boolean;
  /**
   * Waits while another row fetches the medium; then it is this row's turn.
   * @param generation of the row's download: after a reset it is fetched anew, and only what this run brought may stand in
   * @throws the signal's reason on abort
   */
  take(
    key: MediumKey,
    row: { readonly rowId: string; readonly generation: number | null },
    signal: AbortSignal | undefined,
  ): Promise<MediumTurn>;
}

/** Where a sidecar stands. Folder and name apart, because a run remembers one for each file: they share their folder. */
export interface SidecarPlace {
  /** Absolute. */
  readonly folder: string;
  /** Relative to the folder. */
  readonly file: string;
}

/** A row's turn at a medium; `end` is due, and gives it to the next one. */
export interface MediumTurn {
  /** To be used in place of a transfer, or null. */
  readonly copy: KnownCopy | null;
  /** @param sidecar of what arrived; null where nothing did */
  end(sidecar: SidecarPlace | null): void;
}

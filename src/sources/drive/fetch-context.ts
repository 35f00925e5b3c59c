import type { Keeping, LazyAttempt, Output, StoredItem } from '../../files/index.ts';
import type { RowContext } from '../../row/index.ts';
import type { OpenedFile } from './open-file.ts';
import type { DriveTarget } from './links/target.ts';

/** What one download's files share. */
export interface FetchContext {
  /**
   * Asks for a target's bytes, by whichever way in there is.
   * @param found where they were found the last time, if they were
   */
  readonly open: (
    target: DriveTarget,
    found: string | null,
    headers: Readonly<Record<string, string>>,
  ) => Promise<OpenedFile>;
  /** Formats for documents of Google's editors, the preferred one first. */
  readonly exportFormats: readonly string[];
  readonly row: RowContext;
  readonly output: Output;
  /** The row's own folder in it; empty for the output itself. */
  readonly folder: string;
  /** The attempt's staging folder, for what is not small. */
  readonly staging: LazyAttempt;
  /** The name that the person wants instead of the host's. */
  readonly filename: string | null;
  /** Whether the sidecar stays. */
  readonly metadata: boolean;
  readonly generation: number | null;
  readonly keeping: Keeping | undefined;
  readonly signal: AbortSignal | undefined;
  /** Transfers that the caller allows at one host at once. */
  readonly concurrency: number | undefined;
  /** The host answered: bytes come from now on. */
  readonly onAnswer: () => Promise<void>;
  /** All that is wanted of the host has come: its place is free while the file is stored. */
  readonly onWhole: () => Promise<void>;
  /** The host's name for the file is known; hostile. */
  readonly onName: (name: string) => void;
  readonly onBytes: (received: number, total: number | null) => void;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
}

/** A file that arrived, or was there already. */
export interface FetchedFile {
  readonly title: string | null;
  readonly files: StoredItem['files'];
  readonly metadataFile: string | null;
}

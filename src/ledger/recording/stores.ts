import type { DownloadType, ItemKey, ItemResult } from '../../row/index.ts';
import type { AttemptRecord, RowIdentity } from '../ledger.ts';
import type { Arrived, ItemOwner } from './arrived.ts';
import type { DownloadRecord } from './records.ts';

/*
 * What the recorder needs of a ledger's storage while it decides. All of it answers at once: SQLite reads its file, PostgreSQL has
 * fetched beforehand what the changes of one transaction may touch.
 */

/** A row that is to be changed. */
export interface FoundRow {
  readonly row: RowIdentity;
  /** As the ledger knows it; undefined when it does not. */
  readonly before: Pick<RowIdentity, 'type' | 'email'> | undefined;
}

/** One generation of a row's download. */
export type Generation = Pick<DownloadRecord, 'row_id' | 'download_type' | 'generation'>;

export interface DownloadStore {
  get(rowId: string, downloadType: DownloadType): DownloadRecord | undefined;
  /** Writes a download as it is now. @param before as it was, undefined when it was not known */
  put(record: DownloadRecord, before: DownloadRecord | undefined): void;
  /** The row that somebody means, also by the row_id that it had before it was renamed, and who it is so far. */
  find(row: RowIdentity): FoundRow;
  /** Writes down who the row is now, with a new number of change. */
  identify(row: RowIdentity): void;
  /** The row was changed: it gets the next number. One that is not known stays unknown. */
  touch(rowId: string): void;
}

export interface ItemStore {
  /**
   * Adds items, or brings up to date those that are known, with the files of those that arrived.
   * @returns whether all of them had been tried before
   */
  put(owner: ItemOwner, generation: number, items: readonly ItemResult[]): boolean;
  /** Takes what these items bring from the other items of the generation: a file is of one item. */
  takeFiles(generation: Generation, items: readonly ItemResult[]): void;
  /** The items that arrived in the download's generation, in order. */
  done(generation: Generation): readonly ItemKey[];
  /** What a generation of a download has, by its items. */
  arrivedOf(generation: Generation): Arrived;
  /** Whether any item of the generation has a file. */
  hasFiles(generation: Generation): boolean;
  /**
   * Removes what a generation is said to have, but for items whose files are all among those that are kept. What did not arrive stays.
   * @param keys of items that are told of anew
   */
  dropAllBut(generation: Generation, files: ReadonlySet<string>, keys: ReadonlySet<string>): void;
  /** Of an item that arrived: it did not, for this cause. @returns whether there is such an item */
  fail(id: number, generation: Generation, cause: string, message: string): boolean;
  /** Of an item that failed with this cause: it arrived. */
  mend(id: number, generation: Generation, cause: string): void;
  /** Whether any item of the generation failed with this cause. */
  hasCause(generation: Generation, cause: string): boolean;
}

export interface AttemptStore {
  put(attempt: AttemptRecord, generation: number, number: number): void;
  /** One of which no items are known. @param files that it brought, null where that is not known either */
  putWithoutItems(attempt: AttemptRecord, generation: number, number: number, files: number | null): void;
  /** Whether an attempt of these very times is known. */
  has(attempt: AttemptRecord): boolean;
}

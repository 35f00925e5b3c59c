import type { DownloadKey, ItemKey } from '../row/index.ts';
import type { ItemRecord } from './history.ts';
import type { AdoptRecord, FileRecord } from './file-records.ts';

/** What whoever looks after the files on the disk asks of the ledger, and tells it. */
export interface LedgerCustody {
  /** The files of every row that has this medium, of whatever generation, newest first. */
  filesOfMedium(medium: ItemKey): Promise<readonly FileRecord[]>;
  /** All items with their files, in the order in which they became known: those after `id` (0: from the first), at most `limit`. */
  itemsAfter(id: number, limit: number): Promise<readonly HeldItem[]>;
  /**
   * Items of a download's present generation whose files are gone: the download is pending again and these items count as not done; all
   * others stay as they are. Without effect where the generation is another one by now.
   * @returns whether anything changed
   */
  loseItems(loss: ItemLoss): Promise<boolean>;
  /** Takes `loseItems` back, unless the download was worked on since. @returns whether anything changed */
  regainItems(loss: ItemLoss): Promise<boolean>;
  /**
   * Takes in items whose files are on the disk and known, and with them that the download is completed; one that is unknown is made.
   * Without effect where the generation is another one by now, or somebody works on it. @returns whether anything changed
   */
  holdItems(held: HeldDownload): Promise<boolean>;
  /** Removes everything that is known of a row, its history included. @returns how many records went */
  forgetRow(rowId: string): Promise<number>;
  /** How many records tell of a row, its history included. */
  countRecordsOf(rowId: string): Promise<number>;
  /**
   * Writes the whole ledger anew, so that nothing is left in its file of what was removed.
   * @returns false while another process reads it: what was removed then still stands in the ledger's log
   */
  scrub(): Promise<boolean>;
  /** Every value in the ledger that holds one of these texts, for a proof that nothing is left: `table.column`, once each. */
  placesOf(texts: readonly string[]): Promise<readonly string[]>;
}

/** An item as the ledger holds it. */
export interface HeldItem extends ItemRecord, DownloadKey {
  readonly id: number;
  readonly generation: number;
  /** Whether it belongs to the generation that counts now. */
  readonly present: boolean;
}

/** A download that is completed by what is on the disk. */
export interface HeldDownload extends Pick<
  AdoptRecord,
  'row' | 'downloadType' | 'link' | 'items' | 'folder'
> {
  /** Of a download that the ledger knows: the one that counts now. */
  readonly generation: number;
  /** ISO 8601; kept where nothing is known of a last attempt. */
  readonly lastAttempt: string | null;
}

export interface ItemLoss extends DownloadKey {
  readonly generation: number;
  readonly items: readonly { readonly itemId: number }[];
  /** Why, as the row's next step says it. */
  readonly message: string;
  /** What the download listed, for one that was taken over from the CSV's cells and has no items to lose. */
  readonly shown?: { readonly mediaIds: readonly string[]; readonly files: readonly string[] } | undefined;
}

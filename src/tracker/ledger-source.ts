import type { CsvTask, Ledger, StoreDatabase } from '../ledger/index.ts';
import type { HeldLock } from './file-lock.ts';

/** Where a CSV's ledger comes from: a file beside it, or a store. */
export interface LedgerSource {
  /** The ledger, made when there is none yet. Not to be called with the write lock held. */
  get(): Promise<Ledger>;
  /** The ledger, or null where nothing was ever recorded; makes nothing. */
  existing(): Promise<Ledger | null>;
  /** Says that it will be needed soon: what takes long to start, starts. Makes nothing on the disk. */
  prepare(): void;
  /** Whether it can be read and not written: known once it was opened. */
  readonly isReadOnly: boolean;
  /**
   * The lock of a task that one process at a time does with the CSV, besides the one on this machine, which the caller holds.
   * @returns null while a process of another machine holds it
   */
  tryLock(task: CsvTask): Promise<HeldLock | null>;
  /**
   * Fills a ledger that knows nothing, in one step. The caller holds the write lock of this machine.
   * @returns false where somebody has recorded something meanwhile: then it stays as it is
   */
  rebuild(fill: (fresh: Ledger) => Promise<void>): Promise<boolean>;
  /** The database of the store, for what all machines share beside the ledger; null where there is no store. */
  database(): Promise<StoreDatabase | null>;
  close(): Promise<void>;
}

import { constants, existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import { errnoOf, RowtrailError } from '../errors/index.ts';
import {
  type Ledger,
  ledgerStateOf,
  openLedgerCopy,
  openSqliteLedger,
  prepareLedgerThread,
  rebuildSqliteLedger,
  setAsideLedger,
} from '../ledger/index.ts';
import { fileLock, type HeldLock } from './file-lock.ts';
import type { LedgerSource } from './ledger-source.ts';
import type { Place } from './place.ts';
import { readStoreNote } from './store-note.ts';

/** A CSV's ledger in a file beside it, opened when it is first needed. */
export class LazyLedger implements LedgerSource {
  readonly #place: Place;
  readonly #note: (message: string) => void;
  #opened: Promise<Ledger> | null = null;
  /** The state of the ledger of which we have a copy; null while it is the ledger itself. */
  #copied: string | null = null;

  /** @param note told that a damaged ledger was set aside */
  constructor(place: Place, note: (message: string) => void) {
    this.#place = place;
    this.#note = note;
  }

  /** The ledger, made when there is none yet; a damaged one is set aside. Not to be called with the write lock held. */
  get(): Promise<Ledger> {
    if (this.#copied !== null && this.#copied !== ledgerStateOf(this.#place.ledger)) this.#dropCopy();
    this.#opened ??= this.#open().catch((error: unknown) => {
      this.#opened = null;
      throw error;
    });
    return this.#opened;
  }

  prepare(): void {
    if (this.#opened === null) prepareLedgerThread();
  }

  /** Whether it can be read and not written: known once it was opened. */
  get isReadOnly(): boolean {
    return this.#copied !== null;
  }

  #dropCopy(): void {
    const old = this.#opened;
    this.#opened = null;
    this.#copied = null;
    void old?.then((ledger) => ledger.close()).catch(() => {});
  }

  /** The ledger, or null where nothing was ever recorded; makes nothing. */
  async existing(): Promise<Ledger | null> {
    if (this.#opened === null) {
      await this.#refuseStored();
      try {
        await access(this.#place.ledger);
      } catch {
        return null;
      }
    }
    return this.get();
  }

  /** On one machine there is no other lock than the kernel's. */
  tryLock(): Promise<HeldLock> {
    const release = () => Promise.resolve();
    return Promise.resolve({ release, [Symbol.asyncDispose]: release });
  }

  rebuild(fill: (fresh: Ledger) => Promise<void>): Promise<boolean> {
    return rebuildSqliteLedger(this.#place.ledger, fill);
  }

  database(): Promise<null> {
    return Promise.resolve(null);
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => null);
    this.#opened = null;
    await opened?.close();
  }

  /** What was recorded in a store is not to be told, and gone on with, from a file that knows nothing of it. */
  async #refuseStored(): Promise<void> {
    const note = await readStoreNote(this.#place.storeNote);
    if (note === null) return;
    throw new RowtrailError(
      'usage',
      `its ledger is in the store ${note.store}: give it with --store, or as ROWTRAIL_STORE`,
      { file: this.#place.csv },
    );
  }

  async #open(): Promise<Ledger> {
    await this.#refuseStored();
    if (await isOnlyReadable(this.#place)) {
      this.#copied = ledgerStateOf(this.#place.ledger);
      return openLedgerCopy(this.#place.ledger);
    }
    const onMigration = ({ from, to }: { readonly from: number; readonly to: number }) =>
      this.#note(
        `the ledger is brought from format ${from} to ${to}: with a million rows that takes a minute or two`,
      );
    try {
      return await openSqliteLedger(this.#place.ledger, { onMigration });
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
    // Whoever gets the lock first sets it aside; the others find the new one.
    await using lock = await fileLock(this.#place.writeLock);
    void lock;
    try {
      return await openSqliteLedger(this.#place.ledger);
    } catch (error) {
      if (!isDamage(error)) throw error;
      const aside = await setAsideLedger(this.#place.ledger, new Date());
      this.#note(
        `the ledger was damaged: it was set aside as ${basename(aside)}, a new one is made from the CSV and the sidecars`,
      );
      return await openSqliteLedger(this.#place.ledger);
    }
  }
}

/** Whether there is a ledger that this user may not change. */
async function isOnlyReadable({ folder, ledger }: Place): Promise<boolean> {
  for (const path of [folder, ledger]) {
    try {
      await access(path, constants.W_OK);
    } catch (error) {
      return ONLY_READABLE.has(errnoOf(error) ?? '') && existsSync(ledger);
    }
  }
  return false;
}

const ONLY_READABLE: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS']);

function isDamage(error: unknown): boolean {
  return error instanceof RowtrailError && error.code === 'ledger_corrupt';
}

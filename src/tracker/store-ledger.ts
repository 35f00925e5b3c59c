import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname } from 'node:path';
import { RowtrailError } from '../errors/index.ts';
import {
  CsvStore,
  type CsvTask,
  type Ledger,
  moveIntoStore,
  type StoreDatabase,
  RUN_LEASE,
  type SharedLedger,
  type StoredCsv,
} from '../ledger/index.ts';
import { fileLock, type HeldLock, tryFileLock } from './file-lock.ts';
import type { LedgerSource } from './ledger-source.ts';
import { type Place, placeOf } from './place.ts';
import { readStoreNote, writeStoreNote } from './store-note.ts';

/** A CSV whose ledger is in a store. */
export interface OpenedInStore {
  readonly store: CsvStore;
  readonly csv: StoredCsv;
  readonly ledger: SharedLedger;
}

interface StoreLedgerOptions {
  /** Told what a person should hear: that a ledger was moved there, that a CSV of the same name is another one. */
  readonly note: (message: string) => void;
  /** Whether the caller holds the run lock of this machine. */
  readonly holdsRun: () => boolean;
  /** Milliseconds of a run's leases; undefined for the default. */
  readonly lease: number | undefined;
}

/** A CSV's ledger in a store, opened when it is first needed. Which CSV it is there stands beside the CSV. */
export class StoreLedger implements LedgerSource {
  readonly isReadOnly = false;
  readonly #place: Place;
  readonly #url: string;
  readonly #note: (message: string) => void;
  readonly #holdsRun: () => boolean;
  readonly #lease: number | undefined;
  #store: Promise<CsvStore> | null = null;
  #opened: Promise<OpenedInStore> | null = null;

  constructor(place: Place, url: string, { note, holdsRun, lease }: StoreLedgerOptions) {
    this.#place = place;
    this.#url = url;
    this.#note = note;
    this.#holdsRun = holdsRun;
    this.#lease = lease;
  }

  async get(): Promise<Ledger> {
    return (await this.#open()).ledger;
  }

  /** A store is asked when it is needed. */
  prepare(): void {}

  /** The store is asked in any case: that it cannot be reached is said before anything else. */
  async existing(): Promise<Ledger | null> {
    await this.#reach();
    const isKnown = existsSync(this.#place.storeNote) || existsSync(this.#place.ledger);
    return isKnown ? this.get() : null;
  }

  /** It, and where it is. */
  opened(): Promise<OpenedInStore> {
    return this.#open();
  }

  async tryLock(task: CsvTask): Promise<HeldLock | null> {
    const { store, csv } = await this.#open();
    const lock = await store.tryLock(csv, task);
    return lock && { ...lock, [Symbol.asyncDispose]: lock.release };
  }

  async rebuild(fill: (fresh: Ledger) => Promise<void>): Promise<boolean> {
    const { store, csv } = await this.#open();
    return store.rebuild(csv, fill);
  }

  async database(): Promise<StoreDatabase> {
    return (await this.#reach()).database;
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => null);
    await opened?.ledger.close();
    const store = await this.#store?.catch(() => null);
    this.#opened = null;
    this.#store = null;
    await store?.close();
  }

  #reach(): Promise<CsvStore> {
    this.#store ??= CsvStore.open(this.#url).catch((error: unknown) => {
      this.#store = null;
      throw error;
    });
    return this.#store;
  }

  #open(): Promise<OpenedInStore> {
    this.#opened ??= this.#enter().catch((error: unknown) => {
      this.#opened = null;
      throw error;
    });
    return this.#opened;
  }

  async #enter(): Promise<OpenedInStore> {
    const store = await this.#reach();
    const csv = await this.#known(store);
    const opened = {
      store,
      csv,
      ledger: store.ledger(
        csv,
        this.#lease === undefined ? RUN_LEASE : { ...RUN_LEASE, milliseconds: this.#lease },
      ),
    };
    if (existsSync(this.#place.ledger)) await this.#move(opened);
    return opened;
  }

  /** The CSV in the store, entered where it is new there. */
  async #known(store: CsvStore): Promise<StoredCsv> {
    await using lock = await fileLock(this.#place.writeLock);
    void lock;
    const { storeNote, csv: path } = this.#place;
    const here = { name: basename(path), place: placeHere(path) };
    const note = await readStoreNote(storeNote);
    if (note === null) return this.#new(store, here);
    const known = await store.find(note.csv);
    if (known === null && note.store !== store.shown)
      throw new RowtrailError(
        'usage',
        `its ledger is in the store ${note.store}, and ${store.shown} knows nothing of it: give that one, or move ${basename(storeNote)} away to begin a new ledger`,
        { file: storeNote },
      );
    if (known !== null && known.place !== here.place && (await this.#isCopyOf(known))) {
      this.#note(`it is a copy of ${known.place}: in the store the two are kept apart`);
      return this.#new(store, here);
    }
    if (known !== null && known.place === here.place) return known;
    return store.enter({ key: note.csv, ...here });
  }

  async #new(store: CsvStore, here: Omit<StoredCsv, 'id' | 'key'>): Promise<StoredCsv> {
    const [namesake] = await store.named(here.name);
    const key = randomUUID();
    await writeStoreNote(this.#place.storeNote, { csv: key, store: store.shown });
    if (namesake !== undefined)
      this.#note(
        `the store has another CSV called ${here.name} (${namesake.place}): the two are kept apart. If it is the same one, take its folder .rowtrail along`,
      );
    return store.enter({ key, ...here });
  }

  /** Whether the CSV still stands where it was, on this machine: then this one was copied with what stands beside it. */
  async #isCopyOf({ key, place }: StoredCsv): Promise<boolean> {
    const prefix = placeHere('');
    if (!place.startsWith(prefix)) return false;
    try {
      const there = await placeOf(place.slice(prefix.length));
      return (await readStoreNote(there.storeNote))?.csv === key;
    } catch {
      return false;
    }
  }

  /** What was recorded beside the CSV goes into the store, and the file out of the way. Nobody may record there meanwhile. */
  async #move({ store, csv }: OpenedInStore): Promise<void> {
    const { ledger, runLock, writeLock, folder } = this.#place;
    await using run = this.#holdsRun() ? null : await tryFileLock(runLock);
    if (run === null && !this.#holdsRun())
      throw new RowtrailError(
        'locked',
        'a run that does not use the store works on this CSV: its ledger is moved into the store when it has ended',
        { file: this.#place.csv },
      );
    await using lock = await fileLock(writeLock);
    void lock;
    if (!existsSync(ledger)) return;
    const isMoved = await moveIntoStore(ledger, store, csv);
    const aside = `${ledger}.${isMoved ? 'moved' : 'unused'}-${new Date().toISOString().replaceAll(':', '-')}`;
    for (const ending of ['-wal', '-shm', ''])
      if (existsSync(ledger + ending)) await rename(ledger + ending, aside + ending);
    this.#note(
      isMoved
        ? `its ledger was moved into the store ${store.shown}; the file of before is kept as ${basename(dirname(folder))}/${basename(folder)}/${basename(aside)}`
        : `the store knows this CSV already: the ledger that stood beside it is not used, it is kept as ${basename(aside)}`,
    );
  }
}

/** A file of this machine, as others may know it. */
function placeHere(path: string): string {
  return `${hostname()}:${path}`;
}

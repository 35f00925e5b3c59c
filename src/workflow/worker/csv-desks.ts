import type { SharedMedia } from '../../files/index.ts';
import type { CsvStore, LeaseTerms, SharedLedger } from '../../ledger/index.ts';
import { sharedMedia } from '../attempt/shared-media.ts';

/** What a worker knows of a CSV in the store: the file itself is on another machine. */
export interface CsvDesk {
  readonly name: string;
  readonly ledger: SharedLedger;
  /** @param share whether copies share their bytes on the disk */
  readonly media: (share: boolean) => SharedMedia;
}

/** The CSVs of a store, opened as their jobs come. */
export class CsvDesks {
  readonly #store: CsvStore;
  readonly #lease: LeaseTerms;
  readonly #desks = new Map<string, Promise<CsvDesk | null>>();

  /** @param lease of what is begun for them */
  constructor(store: CsvStore, lease: LeaseTerms) {
    this.#store = store;
    this.#lease = lease;
  }

  /** The CSV with this key, or null where the store knows none. */
  of(key: string): Promise<CsvDesk | null> {
    const known = this.#desks.get(key);
    if (known !== undefined) return known;
    const opened = this.#open(key).catch((error: unknown) => {
      this.#desks.delete(key);
      throw error;
    });
    this.#desks.set(key, opened);
    return opened;
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#desks.values());
    this.#desks.clear();
    for (const desk of opened) if (desk.status === 'fulfilled') await desk.value?.ledger.close();
  }

  async #open(key: string): Promise<CsvDesk | null> {
    const csv = await this.#store.find(key);
    if (csv === null) return null;
    const ledger = this.#store.ledger(csv, this.#lease);
    const media = (share: boolean) => sharedMedia(() => Promise.resolve(ledger), share);
    const [sharing, apart] = [media(true), media(false)];
    return { name: csv.name, ledger, media: (share) => (share ? sharing : apart) };
  }
}

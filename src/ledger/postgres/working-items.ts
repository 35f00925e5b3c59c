import { basename } from 'node:path';
import { causeFacts } from '../../errors/index.ts';
import type { ItemKey, ItemResult, StoredFile } from '../../row/index.ts';
import { type Arrived, bytesOf, type ItemOwner, keyOfItem } from '../recording/arrived.ts';
import type { Generation, ItemStore } from '../recording/stores.ts';

/** A file of an item, as its table holds it. */
export interface WorkingFile {
  readonly path: string;
  readonly name: string;
  readonly folder: string | null;
  readonly size: number | null;
  /** In hexadecimal digits; null where nobody looked at the file. */
  readonly sha256: string | null;
}

/** An item, as its table holds it. */
export interface ItemColumns extends Generation {
  readonly item_key: string;
  readonly kind: ItemKey['kind'];
  readonly media_id: string | null;
  readonly position: number;
  readonly title: string | null;
  readonly source_url: string;
  readonly status: 'completed' | 'failed';
  readonly attempts: number;
  readonly cause: string | null;
  readonly message: string | null;
  readonly not_before: string | null;
  readonly metadata_file: string | null;
}

/** An item that was fetched, with its files in order. */
export interface FetchedItem extends ItemColumns {
  readonly id: number;
  readonly files: readonly WorkingFile[];
}

/** An item that is to be written: a new one gets the number `place` of those that the transaction adds. */
export interface WrittenItem extends ItemColumns {
  readonly id: number | null;
  readonly place: number | null;
}

/** The files that an item has from now on. */
export interface WrittenFiles {
  readonly id: number | null;
  readonly place: number | null;
  readonly files: readonly WorkingFile[];
}

interface Entry {
  readonly id: number | null;
  readonly place: number | null;
  item: ItemColumns;
  files: readonly WorkingFile[];
  isChanged: boolean;
  hasOtherFiles: boolean;
}

/** The items of downloads that one transaction may change: as they were fetched, and what becomes of them. */
export class WorkingItems implements ItemStore {
  /** By generation, then by key; in the order in which they became known. */
  readonly #generations = new Map<string, Map<string, Entry>>();
  readonly #dropped: number[] = [];
  #added = 0;

  constructor(items: readonly FetchedItem[]) {
    for (const { id, files, ...item } of items)
      this.#entries(item).set(item.item_key, {
        id,
        place: null,
        item,
        files,
        isChanged: false,
        hasOtherFiles: false,
      });
  }

  put(owner: ItemOwner, generation: number, items: readonly ItemResult[]): boolean {
    let isRepeated = true;
    for (const item of items) {
      const { entry, attempts } = this.#putItem(owner, generation, item);
      isRepeated &&= attempts > 1;
      if (item.failure === null) putFiles(entry, owner.folder, item.files);
    }
    return isRepeated;
  }

  takeFiles(generation: Generation, items: readonly ItemResult[]): void {
    for (const entry of this.#list(generation)) {
      const others = items.filter((item) => keyOfItem(item) !== entry.item.item_key);
      const taken = new Set(others.flatMap(({ files }) => files.map(({ path }) => path)));
      const files = entry.files.filter(({ path }) => !taken.has(path));
      if (files.length === entry.files.length) continue;
      entry.files = files;
      entry.hasOtherFiles = true;
    }
  }

  done(generation: Generation): readonly ItemKey[] {
    return this.#arrived(generation).flatMap(({ item: { kind, media_id } }) =>
      media_id === null ? [] : [{ kind, mediaId: media_id }],
    );
  }

  arrivedOf(generation: Generation): Arrived {
    const arrived = this.#arrived(generation);
    const files = arrived.flatMap((entry) => entry.files);
    return {
      mediaIds: [...new Set(arrived.flatMap(({ item }) => item.media_id ?? []))],
      files: files.map(({ path }) => path),
      bytes: bytesOf(files.map(({ size }) => ({ size: size ?? 0 }))),
    };
  }

  hasFiles(generation: Generation): boolean {
    return this.#list(generation).some(({ files }) => files.length > 0);
  }

  dropAllBut(generation: Generation, files: ReadonlySet<string>, keys: ReadonlySet<string>): void {
    for (const { id, item, files: own } of this.#list(generation)) {
      const isKept = item.status === 'failed' || own.every(({ path }) => files.has(path));
      if (isKept && !keys.has(item.item_key)) continue;
      this.#entries(generation).delete(item.item_key);
      if (id !== null) this.#dropped.push(id);
    }
  }

  fail(id: number, generation: Generation, cause: string, message: string): boolean {
    const entry = this.#list(generation).find((each) => each.id === id && each.item.status === 'completed');
    if (entry === undefined) return false;
    change(entry, { ...entry.item, status: 'failed', cause, message });
    return true;
  }

  mend(id: number, generation: Generation, cause: string): void {
    const entry = this.#list(generation).find((each) => each.id === id && each.item.cause === cause);
    if (entry !== undefined)
      change(entry, { ...entry.item, status: 'completed', cause: null, message: null });
  }

  hasCause(generation: Generation, cause: string): boolean {
    return this.#list(generation).some(({ item }) => item.cause === cause);
  }

  /** How many items the transaction adds. */
  get added(): number {
    return this.#added;
  }

  /** Items that are no more. */
  get dropped(): readonly number[] {
    return this.#dropped;
  }

  writtenItems(): readonly WrittenItem[] {
    return this.#all()
      .filter(({ isChanged }) => isChanged)
      .map(({ id, place, item }) => ({ id, place, ...item }));
  }

  writtenFiles(): readonly WrittenFiles[] {
    return this.#all()
      .filter(({ hasOtherFiles }) => hasOtherFiles)
      .map(({ id, place, files }) => ({ id, place, files }));
  }

  #all(): readonly Entry[] {
    return Array.from(this.#generations.values(), (entries) => [...entries.values()]).flat();
  }

  #list(generation: Generation): readonly Entry[] {
    return [...this.#entries(generation).values()];
  }

  /** The items that arrived, in order. */
  #arrived(generation: Generation): readonly Entry[] {
    return this.#list(generation)
      .filter(({ item }) => item.status === 'completed')
      .toSorted((a, b) => a.item.position - b.item.position);
  }

  #putItem(
    { row, downloadType }: ItemOwner,
    generation: number,
    given: ItemResult,
  ): { readonly entry: Entry; readonly attempts: number } {
    const { failure } = given;
    const costs = failure === null || causeFacts(failure.cause).verdict !== 'later' ? 1 : 0;
    const entries = this.#entries({ row_id: row.rowId, download_type: downloadType, generation });
    const key = keyOfItem(given);
    const known = entries.get(key);
    const item: ItemColumns = {
      row_id: row.rowId,
      download_type: downloadType,
      generation,
      item_key: key,
      kind: known?.item.kind ?? given.kind,
      media_id: known === undefined ? given.mediaId : known.item.media_id,
      position: given.position,
      title: given.title ?? known?.item.title ?? null,
      source_url: given.sourceUrl,
      status: failure === null ? 'completed' : 'failed',
      attempts: (known?.item.attempts ?? 0) + costs,
      cause: failure?.cause ?? null,
      message: failure?.message ?? null,
      not_before: failure?.notBefore ?? null,
      metadata_file: given.metadataFile ?? known?.item.metadata_file ?? null,
    };
    if (known !== undefined) {
      change(known, item);
      return { entry: known, attempts: item.attempts };
    }
    const entry = {
      id: null,
      place: ++this.#added,
      item,
      files: [],
      isChanged: true,
      hasOtherFiles: false,
    };
    entries.set(key, entry);
    return { entry, attempts: item.attempts };
  }

  #entries({ row_id, download_type, generation }: Generation): Map<string, Entry> {
    const key = `${generation} ${download_type} ${row_id}`;
    let entries = this.#generations.get(key);
    if (entries === undefined) {
      entries = new Map();
      this.#generations.set(key, entries);
    }
    return entries;
  }
}

function change(entry: Entry, item: ItemColumns): void {
  entry.item = item;
  entry.isChanged = true;
}

/** What came again as it was needs no writing. */
function putFiles(entry: Entry, folder: string | null, files: readonly StoredFile[]): void {
  const own = files.map(({ path, size, sha256 }) => ({
    path,
    name: basename(path),
    folder,
    // Without a hash nobody looked at the file: its size is not known either.
    size: sha256 === '' ? null : size,
    sha256: sha256 === '' ? null : sha256,
  }));
  const isSame =
    own.length === entry.files.length &&
    own.every(
      ({ path, sha256 }, at) =>
        entry.files[at]?.path === path &&
        entry.files[at].folder === folder &&
        entry.files[at].sha256 === sha256,
    );
  if (isSame) return;
  entry.files = own;
  entry.hasOtherFiles = true;
}

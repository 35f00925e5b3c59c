import type { HeldDownload, ItemLoss } from '../custody.ts';
import type { Arrived } from './arrived.ts';
import { ownRow } from './own-row.ts';
import { type DownloadRecord, newDownload } from './records.ts';
import type { DownloadStore, ItemStore } from './stores.ts';

const LOST = 'file_lost';

/** What becomes of downloads whose files were lost on the disk, or found there. */
export class Keeper {
  readonly #downloads: DownloadStore;
  readonly #items: ItemStore;

  constructor(downloads: DownloadStore, items: ItemStore) {
    this.#downloads = downloads;
    this.#items = items;
  }

  loseItems({ rowId, downloadType, generation, items, message }: ItemLoss): boolean {
    const before = this.#downloads.get(rowId, downloadType);
    if (before === undefined || before.generation !== generation || before.status === 'downloading')
      return false;
    const lost = items.filter(({ itemId }) => this.#items.fail(itemId, before, LOST, message));
    // A download that was taken over from the CSV's cells has no items to lose.
    if (lost.length === 0 && items.length > 0) return false;
    const state = { status: 'pending', cause: LOST, message, permanent: 0, not_before: null } as const;
    const shown = this.#items.arrivedOf(before);
    this.#downloads.put({ ...before, ...state, ...columnsOf(shown) }, before);
    this.#downloads.touch(rowId);
    return true;
  }

  regainItems({ rowId, downloadType, generation, items, shown: listed }: ItemLoss): boolean {
    const before = this.#downloads.get(rowId, downloadType);
    const isAsLeft =
      before?.generation === generation && before.status === 'pending' && before.cause === LOST;
    if (!isAsLeft) return false;
    for (const { itemId } of items) this.#items.mend(itemId, before, LOST);
    const arrived = this.#items.arrivedOf(before);
    const shown = listed === undefined || items.length > 0 ? arrived : { ...listed, bytes: 0 };
    const done = { status: 'completed', cause: null, message: null } as const;
    const state = this.#items.hasCause(before, LOST) ? {} : done;
    this.#downloads.put({ ...before, ...state, ...columnsOf(shown) }, before);
    this.#downloads.touch(rowId);
    return true;
  }

  holdItems({ row, downloadType, link, generation, items, folder, lastAttempt }: HeldDownload): boolean {
    const known = this.#downloads.get(row.rowId, downloadType);
    if (known !== undefined && (known.generation !== generation || known.status === 'downloading'))
      return false;
    ownRow(this.#downloads, this.#downloads.find(row));
    const before = known ?? { ...newDownload(row, downloadType, link), generation };
    this.#items.put({ row, downloadType, folder }, generation, items);
    const after = {
      ...before,
      status: 'completed',
      cause: null,
      message: null,
      permanent: 0,
      not_before: null,
      row_type: row.type,
      link: before.link ?? link,
      last_attempt: before.last_attempt ?? lastAttempt,
      ...columnsOf(this.#items.arrivedOf(before)),
    } as const;
    this.#downloads.put(after, known);
    return true;
  }
}

type ShownColumns = Pick<DownloadRecord, 'media_ids' | 'files' | 'file_count' | 'bytes'>;

/** What a download shows, as its columns hold it. */
export function columnsOf({ mediaIds, files, bytes }: Arrived): ShownColumns {
  return {
    media_ids: JSON.stringify(mediaIds),
    files: JSON.stringify(files),
    file_count: files.length,
    bytes,
  };
}

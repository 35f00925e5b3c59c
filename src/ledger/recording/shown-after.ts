import type { AttemptRecord } from '../ledger.ts';
import { type Arrived, arrivedOf } from './arrived.ts';
import type { DownloadRecord } from './records.ts';
import type { ItemStore } from './stores.ts';

/**
 * What the download shows after an attempt's items were put.
 * @param before the download as it was before the attempt
 * @param isRepeated whether all of its items had been tried before
 */
export function shownAfter(
  store: ItemStore,
  { items }: AttemptRecord,
  before: DownloadRecord,
  isRepeated: boolean,
): Arrived {
  // The first items of a download are most of all results: what they show is known without a look.
  if (before.files === '[]' && before.media_ids === '[]') return arrivedOf(items);
  if (isRepeated && items.every(({ failure }) => failure === null)) {
    const again = arrivedOf(items);
    const isAll =
      JSON.stringify(again.files) === before.files && JSON.stringify(again.mediaIds) === before.media_ids;
    if (isAll) return again;
  }
  const shown = store.arrivedOf(before);
  if (shown.files.length > 0 || shown.mediaIds.length > 0 || before.files === '[]') return shown;
  // What was taken over from the CSV's cells alone stands in no item: it stays until something else arrives.
  if (store.hasFiles(before)) return shown;
  return {
    mediaIds: JSON.parse(before.media_ids) as string[],
    files: JSON.parse(before.files) as string[],
    bytes: before.bytes,
  };
}

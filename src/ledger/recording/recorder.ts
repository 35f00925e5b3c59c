import { causeFacts } from '../../errors/index.ts';
import type { DownloadType } from '../../row/index.ts';
import { errorEntry, MAX_ERROR_ENTRIES } from '../error-entry.ts';
import type {
  AdoptRecord,
  AttemptRecord,
  BeginRecord,
  BegunDownload,
  DownloadState,
  ErrorEntry,
  RowIdentity,
} from '../ledger.ts';
import { arrivedOf } from './arrived.ts';
import { columnsOf } from './keeper.ts';
import { ownRow } from './own-row.ts';
import { begunAnew, type DownloadRecord, newDownload, toDownloadState } from './records.ts';
import { shownAfter } from './shown-after.ts';
import type { AttemptStore, DownloadStore, ItemStore } from './stores.ts';

/** What happens to downloads: they are begun, recorded, reset, taken over. */
export class Recorder {
  readonly #downloads: DownloadStore;
  readonly #items: ItemStore;
  readonly #log: AttemptStore;

  constructor(downloads: DownloadStore, items: ItemStore, log: AttemptStore) {
    this.#downloads = downloads;
    this.#items = items;
    this.#log = log;
  }

  begin(download: BeginRecord, runId: string): BegunDownload {
    const { downloadType, link } = download;
    const found = this.#downloads.find(download.row);
    const { row } = found;
    ownRow(this.#downloads, found);
    const known = this.#downloads.get(row.rowId, downloadType);
    const before = known ?? newDownload(row, downloadType, link);
    const next = before.link !== null && before.link !== link ? begunAnew(before, row, link) : before;
    const begun: DownloadRecord = {
      ...next,
      status: 'downloading',
      lease: next.lease + 1,
      row_type: row.type,
      link,
      run_id: runId,
    };
    this.#downloads.put(begun, known);
    // A generation that was never tried nor taken over has no items.
    const isNew = next.last_attempt === null && next.files === '[]' && next.media_ids === '[]';
    return { ...toDownloadState(begun), done: isNew ? [] : this.#items.done(begun) };
  }

  record(given: AttemptRecord): DownloadState {
    const found = this.#downloads.find(given.row);
    const attempt = { ...given, row: found.row };
    const { row, downloadType } = attempt;
    const earlier = this.#downloads.get(row.rowId, downloadType);
    if (earlier && isStale(attempt, earlier)) return this.#recordStale(attempt, earlier);
    const isOther = ownRow(this.#downloads, found);
    const known = isOther ? this.#downloads.get(row.rowId, downloadType) : earlier;
    return this.put(attempt, known ?? newDownload(row, downloadType, attempt.link), known);
  }

  /** Puts down an attempt of the generation that counts. @param before the download as it was; @param known as it stands in the ledger */
  put(attempt: AttemptRecord, before: DownloadRecord, known: DownloadRecord | undefined): DownloadState {
    const { row, outcome } = attempt;
    const number = outcome.status === 'failed' ? before.attempts + 1 : before.attempts;
    this.#log.put(attempt, before.generation, number);
    if (bringsAgain(attempt, before)) this.#items.takeFiles(before, attempt.items);
    const isRepeated = this.#items.put(attempt, before.generation, attempt.items);
    const shown = shownAfter(this.#items, attempt, before, isRepeated);
    const after: DownloadRecord = {
      ...before,
      status: outcome.status,
      attempts: number,
      cause: outcome.cause,
      message: outcome.message,
      permanent: outcome.permanent ? 1 : 0,
      not_before: outcome.notBefore,
      scope: outcome.scope,
      last_attempt: attempt.endedAt,
      ...columnsOf(shown),
      errors: errorsAfter(before, attempt, Math.max(number, 1)),
      link: before.link ?? attempt.link,
      run_id: attempt.runId,
      row_type: row.type,
    };
    this.#downloads.put(after, known);
    return toDownloadState(after);
  }

  reset(row: RowIdentity, downloadType: DownloadType, link: string | null): number {
    ownRow(this.#downloads, this.#downloads.find(row));
    const known = this.#downloads.get(row.rowId, downloadType);
    const next = begunAnew(known ?? newDownload(row, downloadType, link), row, link);
    this.#downloads.put(next, known);
    return next.generation;
  }

  adopt(downloads: readonly AdoptRecord[]): void {
    for (const download of downloads) {
      const { row, downloadType } = download;
      if (this.#downloads.get(row.rowId, downloadType)) continue;
      ownRow(this.#downloads, this.#downloads.find(row));
      this.take(download, undefined);
    }
  }

  /** Puts down a download as cells and sidecars tell it. @param known as it stands in the ledger */
  take(download: AdoptRecord, known: DownloadRecord | undefined): void {
    const { row, downloadType, generation, reason } = download;
    this.#items.put(download, generation, download.items);
    this.#downloads.put(
      {
        ...newDownload(row, downloadType, download.link),
        generation,
        status: download.status,
        attempts: download.attempts,
        permanent: download.permanent ? 1 : 0,
        cause: reason?.cause ?? null,
        message: reason?.message ?? null,
        not_before: reason?.notBefore ?? null,
        last_attempt: download.lastAttempt,
        ...columnsOf({ ...download, bytes: arrivedOf(download.items).bytes }),
        errors: JSON.stringify(download.errors),
      },
      known,
    );
  }

  /** The result of work that was overtaken (a reset, another link, a lease given away) is history, and no more. */
  #recordStale(attempt: AttemptRecord, known: DownloadRecord): DownloadState {
    const generation = attempt.generation ?? known.generation;
    this.#log.put(attempt, generation, known.attempts);
    // Its files are there and may be looked for; within the present generation only the present holder speaks.
    if (generation !== known.generation) this.#items.put(attempt, generation, attempt.items);
    return toDownloadState(known);
  }
}

/** Whether an attempt tells of files that the download has already. */
function bringsAgain({ items }: AttemptRecord, { files }: DownloadRecord): boolean {
  if (files === '[]') return false;
  const had = new Set(JSON.parse(files) as string[]);
  return items.some((item) => item.files.some(({ path }) => had.has(path)));
}

function isStale({ generation, lease }: AttemptRecord, known: DownloadRecord): boolean {
  return (generation ?? known.generation) !== known.generation || (lease ?? known.lease) !== known.lease;
}

/** A new attempt's entries after the ones that are there: one for the download's failure, or one for each item that is gone. */
function errorsAfter(before: DownloadRecord, attempt: AttemptRecord, number: number): string {
  const failed = attempt.items.filter((item) => item.failure !== null);
  const entries =
    failed.length > 0
      ? failed.map(({ failure }) => ({
          category: causeFacts(failure?.cause ?? '').category,
          message: failure?.message ?? '',
        }))
      : attempt.outcome.message !== null
        ? [{ category: attempt.outcome.category, message: attempt.outcome.message }]
        : [];
  if (entries.length === 0) return before.errors;
  // A video that is gone takes its transcript with it, for the same reason: that is one thing to know, not two.
  const texts = new Set(
    entries.map(({ category, message }) => errorEntry(attempt.downloadType, number, category, message)),
  );
  const all: readonly ErrorEntry[] = [
    ...(JSON.parse(before.errors) as ErrorEntry[]),
    ...Array.from(texts, (text) => ({ at: attempt.endedAt, text })),
  ];
  return JSON.stringify(all.slice(-MAX_ERROR_ENTRIES));
}

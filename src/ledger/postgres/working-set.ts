import type { RowIdentity } from '../ledger.ts';
import { Keeper } from '../recording/keeper.ts';
import { Recorder } from '../recording/recorder.ts';
import type { DownloadRecord } from '../recording/records.ts';
import { Replayer } from '../recording/replayer.ts';
import type { Asking } from './store.ts';
import { type KnownAttempt, WorkingAttempts } from './working-attempts.ts';
import { WorkingDownloads } from './working-downloads.ts';
import { type FetchedItem, type ItemColumns, WorkingItems } from './working-items.ts';

/** What one transaction may change, fetched at once and locked, and those who decide what becomes of it. */
export class WorkingSet {
  readonly downloads: WorkingDownloads;
  readonly items: WorkingItems;
  readonly attempts: WorkingAttempts;
  readonly recorder: Recorder;
  readonly replayer: Replayer;
  readonly keeper: Keeper;

  constructor(downloads: WorkingDownloads, items: WorkingItems, attempts: WorkingAttempts) {
    this.downloads = downloads;
    this.items = items;
    this.attempts = attempts;
    this.recorder = new Recorder(downloads, items, attempts);
    this.replayer = new Replayer(downloads, items, attempts, this.recorder);
    this.keeper = new Keeper(downloads, items);
  }
}

/*
 * Each row is looked up by itself: of tables that were empty a moment ago PostgreSQL has no statistics, and would read them whole.
 */
const ROWS = `SELECT found.* FROM unnest($2::text[]) AS asked (row_id), LATERAL (
    SELECT row_id AS "rowId", type, name, email FROM rowtrail.csv_row WHERE csv_id = $1 AND row_id = asked.row_id FOR UPDATE
  ) AS found`;

/**
 * Fetches rows with all that is known of their downloads, and keeps others from changing them until the transaction ends. Always in the
 * same order, so that two never wait for each other.
 * @param rowIds as callers know them: a row that was renamed is found by the row_id of before
 * @param withAttempts whether the attempts are asked for that are known already
 */
export async function fetchWorkingSet(
  ask: Asking,
  csvId: number,
  rowIds: readonly string[],
  withAttempts: boolean,
): Promise<WorkingSet> {
  const asked = [...new Set(rowIds)].toSorted();
  const rows = [...(await ask.rows<RowIdentity>(ROWS, [csvId, asked]))];
  const known = new Set(rows.map(({ rowId }) => rowId));
  const missing = asked.filter((rowId) => !known.has(rowId));
  const renamed = missing.length === 0 ? new Map<string, string>() : await renamedOf(ask, csvId, missing);
  const others = [...new Set(renamed.values())].filter((rowId) => !known.has(rowId)).toSorted();
  if (others.length > 0) rows.push(...(await ask.rows<RowIdentity>(ROWS, [csvId, others])));
  const all = rows.map(({ rowId }) => rowId);
  // What was never seen has no history. A row that exists may have downloads that somebody else added while we waited for it.
  const downloads = all.length === 0 ? [] : await downloadsOf(ask, csvId, all);
  const past = downloads.filter(hasPast).map(({ row_id }) => row_id);
  const items = past.length === 0 ? [] : await itemsOf(ask, csvId, [...new Set(past)]);
  const attempts = withAttempts && all.length > 0 ? await attemptsOf(ask, csvId, all) : [];
  return new WorkingSet(
    new WorkingDownloads(rows, downloads, renamed),
    new WorkingItems(items),
    new WorkingAttempts(attempts),
  );
}

/** Whether a download may have items: one that was never tried nor taken over has none, in its first generation. */
function hasPast({ generation, last_attempt, files, media_ids }: DownloadRecord): boolean {
  return generation > 1 || last_attempt !== null || files !== '[]' || media_ids !== '[]';
}

async function renamedOf(
  ask: Asking,
  csvId: number,
  rowIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const prefix = 'renamed:';
  const found = await ask.rows<{ readonly key: string; readonly value: string }>(
    'SELECT key, value FROM rowtrail.meta WHERE csv_id = $1 AND key = ANY($2)',
    [csvId, rowIds.map((rowId) => prefix + rowId)],
  );
  return new Map(found.map(({ key, value }) => [key.slice(prefix.length), value]));
}

function downloadsOf(
  ask: Asking,
  csvId: number,
  rowIds: readonly string[],
): Promise<readonly DownloadRecord[]> {
  return ask.rows<DownloadRecord>(
    `SELECT found.* FROM unnest($2::text[]) AS asked (row_id), LATERAL (
       SELECT * FROM rowtrail.download WHERE csv_id = $1 AND row_id = asked.row_id OFFSET 0
     ) AS found`,
    [csvId, rowIds],
  );
}

type FoundItem = ItemColumns & { readonly id: number };
interface FoundFile {
  readonly item_id: number;
  readonly ordinal: number;
  readonly path: string;
  readonly name: string;
  readonly folder: string | null;
  readonly size: number | null;
  readonly sha256: string | null;
}

async function itemsOf(
  ask: Asking,
  csvId: number,
  rowIds: readonly string[],
): Promise<readonly FetchedItem[]> {
  const items = await ask.rows<FoundItem>(
    `SELECT found.* FROM unnest($2::text[]) AS asked (row_id), LATERAL (
       SELECT id, row_id, download_type, generation, item_key, kind, media_id, position, title, source_url, status, attempts, cause, message,
         not_before, metadata_file
       FROM rowtrail.item WHERE csv_id = $1 AND row_id = asked.row_id OFFSET 0
     ) AS found ORDER BY id`,
    [csvId, rowIds],
  );
  if (items.length === 0) return [];
  const files = await ask.rows<FoundFile>(
    `SELECT found.* FROM unnest($2::bigint[]) AS asked (id), LATERAL (
       SELECT item_id, ordinal, path, name, folder, size, encode(sha256, 'hex') AS sha256
       FROM rowtrail.file WHERE csv_id = $1 AND item_id = asked.id OFFSET 0
     ) AS found ORDER BY item_id, ordinal`,
    [csvId, items.map(({ id }) => id)],
  );
  const byItem = Map.groupBy(files, ({ item_id }) => item_id);
  return items.map((item) => ({
    ...item,
    files: (byItem.get(item.id) ?? []).map(({ item_id: _item, ordinal: _ordinal, ...file }) => file),
  }));
}

function attemptsOf(ask: Asking, csvId: number, rowIds: readonly string[]): Promise<readonly KnownAttempt[]> {
  return ask.rows<KnownAttempt>(
    'SELECT row_id, download_type, started_at, ended_at FROM rowtrail.attempt WHERE csv_id = $1 AND row_id = ANY($2)',
    [csvId, rowIds],
  );
}

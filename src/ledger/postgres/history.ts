import type { DownloadType } from '../../row/index.ts';
import { attemptTotals, type AttemptSum } from '../attempt-totals.ts';
import type {
  AttemptTotals,
  FailedAttempt,
  GenerationRecord,
  ItemFile,
  ItemRecord,
  MetricSample,
  PastAttempt,
} from '../history.ts';
import { type GenerationPlace, groupGenerations } from '../recording/generations.ts';
import { minuteOf } from '../recording/minute-sums.ts';
import { keptSince } from '../recording/samples-kept.ts';
import type { Store } from './store.ts';

type FoundItem = Omit<ItemRecord, 'files'> & GenerationPlace & { readonly id: number };
type FoundFile = ItemFile & { readonly itemId: number };

/** What was tried, and how things stood. */
export class History {
  readonly #store: Store;
  readonly #csvId: number;

  constructor(store: Store, csvId: number) {
    this.#store = store;
    this.#csvId = csvId;
  }

  async recordSample(sample: MetricSample): Promise<void> {
    await this.#store.transaction(async (ask) => {
      await ask.change('DELETE FROM rowtrail.metric_sample WHERE csv_id = $1 AND at < $2', [
        this.#csvId,
        keptSince(sample),
      ]);
      await ask.change(
        `INSERT INTO rowtrail.metric_sample VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (csv_id, at) DO UPDATE SET total_rows = excluded.total_rows, pending = excluded.pending,
           completed = excluded.completed, failed = excluded.failed, success_rate = excluded.success_rate,
           error_rate = excluded.error_rate, avg_download_time = excluded.avg_download_time,
           disk_usage_bytes = excluded.disk_usage_bytes, active_processes = excluded.active_processes,
           downloaded_bytes = excluded.downloaded_bytes`,
        [
          this.#csvId,
          sample.at,
          sample.totalRows,
          sample.pending,
          sample.completed,
          sample.failed,
          sample.successRate,
          sample.errorRate,
          sample.avgDownloadTime,
          sample.diskUsageBytes,
          sample.activeProcesses,
          sample.downloadedBytes,
        ],
      );
    });
  }

  samplesSince(at: string): Promise<readonly MetricSample[]> {
    return this.#store.rows<MetricSample>(
      `SELECT at, total_rows AS "totalRows", pending, completed, failed, success_rate AS "successRate", error_rate AS "errorRate",
         avg_download_time AS "avgDownloadTime", disk_usage_bytes AS "diskUsageBytes", active_processes AS "activeProcesses",
         downloaded_bytes AS "downloadedBytes"
       FROM rowtrail.metric_sample WHERE csv_id = $1 AND at >= $2 ORDER BY at`,
      [this.#csvId, at],
    );
  }

  dropSamples(before: string): Promise<number> {
    return this.#store.transaction((ask) =>
      ask.change('DELETE FROM rowtrail.metric_sample WHERE csv_id = $1 AND at < $2', [this.#csvId, before]),
    );
  }

  async attemptsSince(at: string | null): Promise<Readonly<Record<DownloadType, AttemptTotals>>> {
    const sums = await this.#store.rows<AttemptSum>(
      `SELECT download_type AS "downloadType", status, cause, category, sum(attempts)::bigint AS attempts, sum(timed)::bigint AS timed,
         sum(seconds) AS seconds, sum(files)::bigint AS files, sum(bytes)::bigint AS bytes
       FROM rowtrail.attempt_minute WHERE csv_id = $1 AND minute >= $2 GROUP BY download_type, status, cause, category`,
      [this.#csvId, minuteOf(at ?? '')],
    );
    return attemptTotals(sums);
  }

  recentErrors(limit: number): Promise<readonly FailedAttempt[]> {
    return this.#store.rows<FailedAttempt>(
      `SELECT ended_at AS at, row_id AS "rowId", download_type AS "downloadType", link, cause, category, message,
         number AS "attemptNumber", run_id AS "runId"
       FROM rowtrail.attempt WHERE csv_id = $1 AND status = 'failed' ORDER BY id DESC LIMIT $2`,
      [this.#csvId, limit],
    );
  }

  async attemptsOf(rowId: string): Promise<readonly GenerationRecord[]> {
    const of = [this.#csvId, rowId];
    const present = await this.#store.rows<GenerationPlace>(
      'SELECT download_type AS "downloadType", generation FROM rowtrail.download WHERE csv_id = $1 AND row_id = $2',
      of,
    );
    const attempts = await this.#store.rows<PastAttempt & GenerationPlace>(
      `SELECT download_type AS "downloadType", generation, number, link, started_at AS "startedAt", ended_at AS "endedAt", status,
         cause, category, message, lease, run_id AS "runId", files, bytes
       FROM rowtrail.attempt WHERE csv_id = $1 AND row_id = $2 ORDER BY id`,
      of,
    );
    return groupGenerations(rowId, present, attempts, await this.#itemsOf(rowId));
  }

  async #itemsOf(rowId: string): Promise<readonly (ItemRecord & GenerationPlace)[]> {
    const items = await this.#store.rows<FoundItem>(
      `SELECT id, download_type AS "downloadType", generation, kind, media_id AS "mediaId", position, title, source_url AS "sourceUrl",
         status, attempts, cause, message, not_before AS "notBefore", metadata_file AS "metadataFile"
       FROM rowtrail.item WHERE csv_id = $1 AND row_id = $2 ORDER BY position, id`,
      [this.#csvId, rowId],
    );
    if (items.length === 0) return [];
    const files = await this.#store.rows<FoundFile>(
      `SELECT item_id AS "itemId", path, folder, size, encode(sha256, 'hex') AS sha256
       FROM rowtrail.file WHERE csv_id = $1 AND item_id = ANY($2) ORDER BY item_id, ordinal`,
      [this.#csvId, items.map(({ id }) => id)],
    );
    const byItem = Map.groupBy(files, ({ itemId }) => itemId);
    return items.map(({ id, ...item }) => ({
      ...item,
      files: (byItem.get(id) ?? []).map(({ itemId: _item, ...file }) => file),
    }));
  }
}

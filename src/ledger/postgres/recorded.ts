import type { DownloadType } from '../../row/index.ts';
import type { Store } from './store.ts';

/** An attempt that some process recorded, with what its download is now. */
export interface RecordedAttempt {
  /** Grows with each attempt of the CSV, in the order of recording. */
  readonly id: number;
  readonly rowId: string;
  readonly type: string;
  readonly name: string;
  readonly email: string;
  readonly downloadType: DownloadType;
  readonly link: string | null;
  readonly status: 'pending' | 'completed' | 'failed';
  /** Attempts that the generation had lost by then, at least 1. */
  readonly number: number;
  readonly cause: string | null;
  readonly message: string | null;
  /** Files and bytes that it brought. */
  readonly files: number;
  readonly bytes: number;
  readonly permanent: boolean;
  readonly notBefore: string | null;
  readonly mediaIds: readonly string[];
  /** Relative to the download folder. */
  readonly paths: readonly string[];
}

type Found = Omit<RecordedAttempt, 'permanent' | 'mediaIds' | 'paths'> & {
  readonly permanent: number;
  readonly media_ids: string;
  readonly paths: string;
};

/**
 * The attempts after a number, in the order of recording: transactions of one CSV commit in the order of their numbers, so whoever asks on from the
 * last one misses none. What was forgotten meanwhile is left out.
 */
export async function recordedAfter(
  store: Store,
  csvId: number,
  id: number,
  limit: number,
): Promise<readonly RecordedAttempt[]> {
  const found = await store.rows<Found>(
    `SELECT a.id, a.row_id AS "rowId", r.type, r.name, r.email, a.download_type AS "downloadType", a.link, a.status, a.number, a.cause, a.message,
       coalesce(a.files, 0) AS files, coalesce(a.bytes, 0) AS bytes, d.permanent, d.not_before AS "notBefore", d.media_ids, d.files AS paths
     FROM rowtrail.attempt a
     JOIN rowtrail.csv_row r ON r.csv_id = a.csv_id AND r.row_id = a.row_id
     JOIN rowtrail.download d ON d.csv_id = a.csv_id AND d.row_id = a.row_id AND d.download_type = a.download_type
     WHERE a.csv_id = $1 AND a.id > $2 ORDER BY a.id LIMIT $3`,
    [csvId, id, limit],
  );
  return found.map(({ permanent, media_ids, paths, ...attempt }) => ({
    ...attempt,
    permanent: permanent !== 0,
    mediaIds: JSON.parse(media_ids) as readonly string[],
    paths: JSON.parse(paths) as readonly string[],
  }));
}

/** The number of the last attempt of a CSV; 0 before the first. */
export async function lastAttemptOf(store: Store, csvId: number): Promise<number> {
  const [csv] = await store.rows<{ readonly id: number }>(
    'SELECT attempt_id AS id FROM rowtrail.csv WHERE id = $1',
    [csvId],
  );
  return csv?.id ?? 0;
}

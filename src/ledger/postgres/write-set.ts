import type { LeaseTerms } from './lease-terms.ts';
import type { Asking } from './store.ts';
import { toStoredJson } from './safe-text.ts';
import type { WorkingSet } from './working-set.ts';

/*
 * All that a transaction changes goes over as lists of JSON, in one statement. Its first part takes numbers from the CSV's counters, and
 * every other part waits for it: so one transaction after the other takes its numbers and commits, and whoever follows the
 * changes by their numbers misses none.
 */
const COUNTED = `counted AS (
  UPDATE rowtrail.csv SET seq = seq + $2, item_id = item_id + $3, attempt_id = attempt_id + $4 WHERE id = $1
  RETURNING seq - $2 AS seq, item_id - $3 AS item_id, attempt_id - $4 AS attempt_id)`;

const DOWNLOAD_COLUMNS = {
  row_id: 'text',
  download_type: 'text',
  generation: 'integer',
  lease: 'integer',
  row_type: 'text',
  link: 'text',
  status: 'text',
  attempts: 'integer',
  cause: 'text',
  message: 'text',
  permanent: 'integer',
  not_before: 'text',
  scope: 'text',
  last_attempt: 'text',
  media_ids: 'text',
  files: 'text',
  file_count: 'integer',
  bytes: 'bigint',
  errors: 'text',
  run_id: 'text',
} as const;

const ATTEMPT_COLUMNS = {
  row_id: 'text',
  download_type: 'text',
  generation: 'integer',
  link: 'text',
  number: 'integer',
  started_at: 'text',
  ended_at: 'text',
  status: 'text',
  cause: 'text',
  category: 'text',
  message: 'text',
  run_id: 'text',
  lease: 'integer',
  files: 'integer',
  bytes: 'bigint',
} as const;

const ITEM_COLUMNS = {
  row_id: 'text',
  download_type: 'text',
  generation: 'integer',
  item_key: 'text',
  kind: 'text',
  media_id: 'text',
  position: 'integer',
  title: 'text',
  source_url: 'text',
  status: 'text',
  attempts: 'integer',
  cause: 'text',
  message: 'text',
  not_before: 'text',
  metadata_file: 'text',
} as const;

type Columns = Readonly<Record<string, string>>;

/** The rows of a list, as a table. */
function given(parameter: number, columns: Columns): string {
  const types = Object.entries(columns).map(([name, type]) => `"${name}" ${type}`);
  return `json_to_recordset($${parameter}::json) AS given (${types.join(', ')})`;
}

function names(columns: Columns, prefix = ''): string {
  return Object.keys(columns)
    .map((name) => `${prefix}"${name}"`)
    .join(', ');
}

function taken(columns: Columns, keys: readonly string[]): string {
  return Object.keys(columns)
    .filter((name) => !keys.includes(name))
    .map((name) => `"${name}" = excluded."${name}"`)
    .join(', ');
}

const ROW_COLUMNS = { row_id: 'text', type: 'text', name: 'text', email: 'text', place: 'integer' } as const;
const FILE_COLUMNS = {
  id: 'bigint',
  place: 'bigint',
  ordinal: 'integer',
  path: 'text',
  name: 'text',
  folder: 'text',
  size: 'bigint',
  sha256: 'text',
} as const;
const SUM_COLUMNS = {
  minute: 'text',
  downloadType: 'text',
  status: 'text',
  cause: 'text',
  category: 'text',
  attempts: 'bigint',
  timed: 'bigint',
  seconds: 'double precision',
  files: 'bigint',
  bytes: 'bigint',
} as const;
const TOTAL_COLUMNS = { download_type: 'text', files: 'bigint', bytes: 'bigint' } as const;

const INSERT_ROW = `INSERT INTO rowtrail.csv_row AS known (csv_id, row_id, type, name, email, seq)
  SELECT $1, row_id, type, name, email, counted.seq + place FROM counted`;

/** Where somebody else was first with a row that was new, this fails, and all of it is done again. */
const WRITE = `WITH ${COUNTED},
  new_rows AS (${INSERT_ROW}, ${given(5, ROW_COLUMNS)}),
  old_rows AS (${INSERT_ROW}, ${given(6, ROW_COLUMNS)}
    ON CONFLICT (csv_id, row_id) DO UPDATE SET type = excluded.type, name = excluded.name, email = excluded.email, seq = excluded.seq),
  downloads AS (INSERT INTO rowtrail.download (csv_id, ${names(DOWNLOAD_COLUMNS)}, lease_until, holder)
    SELECT $1, ${names(DOWNLOAD_COLUMNS, 'given.')},
      CASE given.status WHEN 'downloading' THEN clock_timestamp() + $14 * interval '1 millisecond' END,
      CASE given.status WHEN 'downloading' THEN $13 END
    FROM counted, ${given(7, DOWNLOAD_COLUMNS)}
    ON CONFLICT (csv_id, row_id, download_type) DO UPDATE SET ${taken(DOWNLOAD_COLUMNS, ['row_id', 'download_type'])},
      lease_until = excluded.lease_until, holder = excluded.holder),
  attempts AS (INSERT INTO rowtrail.attempt (csv_id, id, ${names(ATTEMPT_COLUMNS)})
    SELECT $1, counted.attempt_id + place, ${names(ATTEMPT_COLUMNS, 'given.')}
    FROM counted, ${given(8, { ...ATTEMPT_COLUMNS, place: 'bigint' })}),
  items AS (INSERT INTO rowtrail.item (csv_id, id, ${names(ITEM_COLUMNS)})
    SELECT $1, coalesce(given.id, counted.item_id + place), ${names(ITEM_COLUMNS, 'given.')}
    FROM counted, ${given(9, { ...ITEM_COLUMNS, id: 'bigint', place: 'bigint' })}
    ON CONFLICT (csv_id, id) DO UPDATE SET ${taken(ITEM_COLUMNS, ['row_id', 'download_type', 'generation', 'item_key', 'kind', 'media_id'])}),
  files AS (INSERT INTO rowtrail.file (csv_id, item_id, ordinal, path, name, folder, size, sha256)
    SELECT $1, coalesce(given.id, counted.item_id + place), ordinal, path, name, folder, size, decode(sha256, 'hex')
    FROM counted, ${given(10, FILE_COLUMNS)}
    ON CONFLICT (csv_id, item_id, ordinal) DO UPDATE SET path = excluded.path, name = excluded.name, folder = excluded.folder,
      size = excluded.size, sha256 = excluded.sha256),
  sums AS (INSERT INTO rowtrail.attempt_minute AS known
    SELECT $1, ${names(SUM_COLUMNS, 'given.')} FROM counted, ${given(11, SUM_COLUMNS)}
    ON CONFLICT (csv_id, minute, download_type, status, cause, category) DO UPDATE SET
      attempts = known.attempts + excluded.attempts, timed = known.timed + excluded.timed, seconds = known.seconds + excluded.seconds,
      files = known.files + excluded.files, bytes = known.bytes + excluded.bytes),
  totals AS (INSERT INTO rowtrail.download_total AS known
    SELECT $1, ${names(TOTAL_COLUMNS, 'given.')} FROM counted, ${given(12, TOTAL_COLUMNS)}
    ON CONFLICT (csv_id, download_type) DO UPDATE SET files = known.files + excluded.files, bytes = known.bytes + excluded.bytes)
  SELECT seq FROM counted`;

/** Writes down what became of a working set. @param lease of the downloads that are begun */
export async function writeWorkingSet(
  ask: Asking,
  csvId: number,
  set: WorkingSet,
  { holder, milliseconds }: LeaseTerms,
): Promise<void> {
  const { downloads, items, attempts } = set;
  const files = items.writtenFiles();
  await dropOldOf(ask, csvId, items.dropped, files);
  const rows = downloads
    .changedRows()
    .map(({ rowId, isNew, ...row }) => ({ isNew, row: { row_id: rowId, ...row } }));
  const rowsThat = (isNew: boolean) => rows.filter((each) => each.isNew === isNew).map(({ row }) => row);
  const lists = [
    rowsThat(true),
    rowsThat(false),
    downloads.changedDownloads(),
    attempts.added,
    items.writtenItems(),
    files.flatMap(({ id, place, files: own }) =>
      own.map((file, ordinal) => ({ id, place, ordinal, ...file })),
    ),
    attempts.sums.values(),
    downloads.addedTotals(),
  ];
  const counts = [downloads.changes, items.added, attempts.added.length];
  await ask.rows(WRITE, [csvId, ...counts, ...lists.map(toStoredJson), holder, milliseconds]);
}

/** What an item has no more; before the rest, because a statement does not see what another part of it removes. */
async function dropOldOf(
  ask: Asking,
  csvId: number,
  dropped: readonly number[],
  files: readonly { readonly id: number | null; readonly files: readonly unknown[] }[],
): Promise<void> {
  const replaced = files.filter(({ id }) => id !== null);
  if (dropped.length === 0 && replaced.length === 0) return;
  const gone = [
    ...dropped.map((id) => ({ id, kept: 0 })),
    ...replaced.map(({ id, files: own }) => ({ id, kept: own.length })),
  ];
  await ask.change(
    `DELETE FROM rowtrail.file f USING json_to_recordset($2::json) AS gone (id bigint, kept integer)
     WHERE f.csv_id = $1 AND f.item_id = gone.id AND f.ordinal >= gone.kept`,
    [csvId, JSON.stringify(gone)],
  );
  if (dropped.length > 0)
    await ask.change('DELETE FROM rowtrail.item WHERE csv_id = $1 AND id = ANY($2)', [csvId, dropped]);
}

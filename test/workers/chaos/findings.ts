import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { administer } from '../../store/fixtures.ts';
import { readCells } from '../../tracker/fixtures.ts';

/** What is there in the end. */
export interface Findings {
  /** Rows by what the CSV says of them. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Rows of which the ledger has no attempt that was completed, or several. */
  readonly notOnce: readonly string[];
  /** Files in the download folder that no row lists. */
  readonly filesWithoutRow: readonly string[];
  /** Files that a row lists and that are not there. */
  readonly rowsWithoutFile: readonly string[];
  /** Jobs that are not over. */
  readonly jobsLeft: number;
}

export async function findingsOf(folder: string, store: string): Promise<Findings> {
  const rows = await readCells(join(folder, 'people.csv'));
  const statuses: Record<string, number> = {};
  for (const { drive_status: status = '' } of rows) statuses[status] = (statuses[status] ?? 0) + 1;
  const completed = new Map(
    (
      await administer(
        store,
        "SELECT row_id, count(*)::int AS count FROM rowtrail.attempt WHERE status = 'completed' GROUP BY 1",
      )
    ).map(({ row_id, count }) => [row_id as string, count as number]),
  );
  const listed = new Set(
    rows.flatMap(({ drive_files: files = '' }) => (files === '' ? [] : files.split(','))),
  );
  const present = new Set(
    (await readdir(join(folder, 'drive_downloads'))).filter(
      (name) => !name.startsWith('.') && !name.endsWith('_metadata.json'),
    ),
  );
  const [left] = await administer(
    store,
    "SELECT count(*)::int AS count FROM rowtrail_queue.job WHERE state <= 'active'",
  );
  return {
    statuses,
    notOnce: rows.flatMap(({ row_id: id = '' }) => (completed.get(id) === 1 ? [] : id)),
    filesWithoutRow: [...present].filter((name) => !listed.has(name)),
    rowsWithoutFile: [...listed].filter((name) => !present.has(name)),
    jobsLeft: left?.['count'] as number,
  };
}

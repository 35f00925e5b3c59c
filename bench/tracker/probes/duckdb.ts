import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { observe } from '../../support/event-loop.ts';
import type { Probe } from '../task.ts';

/** The little of DuckDB's interface that is used; the package is optional and its types may not be there. */
interface DuckDb {
  readonly DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Connection> }> };
}
interface Connection {
  runAndReadAll(sql: string): Promise<{ getRowsJson(): readonly (readonly unknown[])[] }>;
}

/** Comment lines have fewer cells than the rows once the tracking columns are there. */
const READING = `header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', null_padding = true, strict_mode = false`;

/** What a scan and a summary find out, as one query: rows, duplicate row_ids, rows with links. */
export const duckdb: Probe = async ({ csv, duckdb: installed }) => {
  const { DuckDBInstance } = await load(installed);
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const seen = await observe(async () => {
    const answer = await connection.runAndReadAll(`
      SELECT count(*), count(DISTINCT row_id), count_if(youtube_playlist LIKE '%://%'), count_if(google_drive LIKE '%://%')
      FROM read_csv('${csv.replaceAll("'", "''")}', ${READING})
      WHERE row_id NOT LIKE '#%' AND row_id <> 'row_id'`);
    return Number(answer.getRowsJson()[0]?.[0]);
  });
  return { ms: [seen.milliseconds], cpuMs: [seen.cpuMilliseconds], rows: [seen.result] };
};

/** Whether DuckDB is installed there. */
export async function hasDuckDb(folder: string): Promise<boolean> {
  try {
    await load(folder);
    return true;
  } catch {
    return false;
  }
}

async function load(folder: string | null): Promise<DuckDb> {
  if (folder === null) throw new Error('there is no DuckDB');
  const require = createRequire(join(folder, 'package.json'));
  return (await import(pathToFileURL(require.resolve('@duckdb/node-api')).href)) as unknown as DuckDb;
}

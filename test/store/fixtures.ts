import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Internet } from '../../src/demo/internet/index.ts';
import { reach } from '../cli/fixtures.ts';
import { type CliResult, runCli } from '../support/cli.ts';
import type { TestPostgres } from '../support/postgres.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { readCells } from '../tracker/fixtures.ts';

const EXAMPLES = new URL('../../examples/people.csv', import.meta.url);

/** A database of its own in a test's PostgreSQL. @returns its address */
export async function newDatabase({ url }: TestPostgres, name: string): Promise<string> {
  await administer(url, `CREATE DATABASE ${name}`);
  const address = new URL(url);
  address.pathname = `/${name}`;
  return address.href;
}

export async function administer(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as readonly Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

/** A folder with the examples' CSV, and a command line that works there on a loopback internet. */
export async function examplesDesk(internet: Internet, lines?: readonly string[]) {
  const folder = await tempFolder();
  const csv = join(folder, 'people.csv');
  const text = lines?.map((line) => `${line}\r\n`).join('') ?? (await readFile(EXAMPLES, 'utf8'));
  await writeFile(csv, text);
  const env = (store: string | null) => ({
    ...reach(internet),
    ...(store !== null && { ROWTRAIL_STORE: store }),
  });
  return {
    folder,
    csv,
    env,
    rowtrail: (store: string | null, ...args: readonly string[]): Promise<CliResult> =>
      runCli(args, { cwd: folder, env: env(store) }),
  };
}

/** A time as a sentence for a person gives it: to the minute. */
const TOLD_TIME = /\d{4}-\d\d-\d\d \d\d:\d\d UTC/g;

/** What stands in the tracking cells, without the times, which are each run's own. */
export async function cellsWithoutTimes(csv: string) {
  return (await readCells(csv)).map((row) =>
    Object.fromEntries(
      Object.entries(row)
        .filter(([column]) => column !== 'last_download_attempt')
        .map(([column, text]) => [column, text.replaceAll(TOLD_TIME, '(a time)')]),
    ),
  );
}

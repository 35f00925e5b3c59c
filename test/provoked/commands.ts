import { appendFile, chmod, copyFile, open, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import type { Cause } from '../../src/index.ts';
import { asOrdinaryUser, type Desk, desk, HEADER, reach } from '../cli/fixtures.ts';
import { type CliResult, runCli, startCli } from '../support/cli.ts';
import { fileLink } from './plantings.ts';

const ledgerOf = (folder: string) => join(folder, '.rowtrail', 'people.csv', 'ledger.db');

/** A CSV whose ledger holds a failed row. */
async function withLedger(): Promise<Desk> {
  const work = await desk([HEADER, '1,A,a@x,T,,nonsense']);
  expect((await work.rowtrail('run', 'people.csv')).code).toBe(3);
  return work;
}

async function newerLedger(): Promise<CliResult> {
  const { folder, rowtrail } = await withLedger();
  const db = new Database(ledgerOf(folder));
  db.pragma('user_version = 999');
  db.close();
  return rowtrail('run', 'people.csv');
}

/** Garbage over the page at which a table begins, as a failing disk might write it. */
async function damagedLedger(): Promise<CliResult> {
  const { folder, rowtrail } = await withLedger();
  const db = new Database(ledgerOf(folder));
  db.pragma('wal_checkpoint(TRUNCATE)');
  const page = Number(db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'download'").pluck().get());
  const size = Number(db.pragma('page_size', { simple: true }));
  db.close();
  const handle = await open(ledgerOf(folder), 'r+');
  await handle.write(Buffer.alloc(size, 0xa5), 0, size, (page - 1) * size);
  await handle.close();
  const met = await rowtrail('failed', 'people.csv');
  const next = await rowtrail('run', 'people.csv');
  expect(next.stderr).toContain('the ledger was damaged: it was set aside');
  return met;
}

async function secondRun(internet: Internet): Promise<CliResult> {
  const { id } = internet.drive.addFile({
    id: 'command-slow-1',
    body: { size: 1_000_000, seed: 2 },
    faults: { download: { bytesPerSecond: 5000 } },
  });
  const { folder } = await desk([HEADER, `1,A,a@x,T,,${fileLink(id)}`]);
  const asked = internet.requests.length;
  const how = { cwd: folder, env: reach(internet) };
  const first = startCli(['run', 'people.csv'], how);
  onTestFinished(async () => {
    first.child.kill('SIGKILL');
    await first.result;
  });
  const isFetching = () => internet.requests.slice(asked).some(({ path }) => path === '/download');
  await expect.poll(isFetching, { timeout: 20_000 }).toBe(true);
  return runCli(['run', 'people.csv'], how);
}

async function readOnlyCsv(): Promise<CliResult> {
  const { folder, csv } = await desk([HEADER, '1,A,a@x,T,,nonsense']);
  await chmod(csv, 0o444);
  return asOrdinaryUser(['run', 'people.csv'], folder);
}

async function inFolder(lines: readonly string[], ...args: readonly string[]): Promise<CliResult> {
  return (await desk(lines)).rowtrail(...args);
}

async function circleOfLinks(): Promise<CliResult> {
  const { folder, rowtrail } = await desk([HEADER]);
  await symlink('b', join(folder, 'a'));
  await symlink('a', join(folder, 'b'));
  return rowtrail('find', 'a');
}

/** A file that grows as long as it is read. */
async function growingFile(): Promise<CliResult> {
  const { folder, rowtrail } = await withLedger();
  const path = join(folder, 'growing.mp4');
  await writeFile(path, '');
  await truncate(path, 400_000_000);
  const timer = setInterval(() => void appendFile(path, 'x'), 5);
  try {
    return await rowtrail('find', 'growing.mp4');
  } finally {
    clearInterval(timer);
  }
}

async function rowOfTwoCsvs(): Promise<CliResult> {
  const { folder, csv, rowtrail } = await withLedger();
  await copyFile(csv, join(folder, 'more.csv'));
  expect((await rowtrail('run', 'more.csv')).code).toBe(0);
  return rowtrail('why', '1');
}

/** Commands that end with an error, with the code they end with. */
export const COMMANDS: Readonly<
  Partial<Record<Cause, readonly [code: number, run: (internet: Internet) => Promise<CliResult>]>>
> = {
  csv_invalid: [1, () => inFolder([HEADER, '1,A,a@x,T,,', '1,B,b@x,T,,'], 'run', 'people.csv')],
  csv_not_writable: [1, readOnlyCsv],
  file_missing: [1, () => inFolder([HEADER], 'status', 'nobody.csv')],
  locked: [1, secondRun],
  ledger_newer: [1, newerLedger],
  store_unreachable: [
    1,
    () => inFolder([HEADER], 'status', 'people.csv', '--store', 'postgres://127.0.0.1:1/people'),
  ],
  ledger_corrupt: [1, damagedLedger],
  file_changing: [1, growingFile],
  link_loop: [1, circleOfLinks],
  ambiguous_row: [1, rowOfTwoCsvs],
  usage: [2, () => inFolder([HEADER], 'failed', 'people.csv', '--force')],
};

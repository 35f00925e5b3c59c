import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { Durability, needsSync } from '../../../src/ledger/sqlite/durability.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const NORMAL = 1;
const FULL = 2;

/** A database with the table that settling writes into, and a connection's durability. */
async function opened(): Promise<{ db: Database.Database; path: string }> {
  const path = join(await tempFolder(), 'ledger.db');
  const db = new Database(path);
  onTestFinished(() => void db.close());
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL); CREATE TABLE other (n INTEGER)');
  return { db, path };
}

function transaction(db: Database.Database, durability: Durability, work: () => void): void {
  db.exec('BEGIN IMMEDIATE');
  work();
  durability.beforeCommit();
  db.exec('COMMIT');
  durability.afterCommit();
}

function settledTimes(db: Database.Database): number {
  return Number(db.prepare(`SELECT value FROM meta WHERE key = 'settled'`).pluck().get() ?? 0);
}

it('waits for the disk with what no later command finds again', () => {
  for (const name of ['record', 'reset', 'adopt', 'renameRow', 'unprojected', 'rowsAfter'] as const)
    expect(needsSync(['begin', name])).toBe(true);
});

it('does not wait for the disk with what is found again', () => {
  expect(needsSync(['begin', 'recover', 'setLinks', 'markProjected', 'csvMark', 'row'])).toBe(false);
  expect(needsSync([])).toBe(false);
});

it('tells SQLite before each transaction whether its commit is to be synced', async () => {
  const { db } = await opened();
  const durability = new Durability(db);
  durability.prepare(['begin']);
  expect(db.pragma('synchronous', { simple: true })).toBe(NORMAL);
  durability.prepare(['begin', 'record']);
  expect(db.pragma('synchronous', { simple: true })).toBe(FULL);
  durability.prepare(['markProjected']);
  expect(db.pragma('synchronous', { simple: true })).toBe(NORMAL);
});

it('syncs what was not synced before it is shown in the CSV, once', async () => {
  const { db } = await opened();
  const durability = new Durability(db);
  const show = () => {
    durability.prepare(['unprojected']);
    transaction(db, durability, () => durability.showing());
  };
  show();
  expect(settledTimes(db)).toBe(1);
  show();
  expect(settledTimes(db)).toBe(1);
  durability.prepare(['begin']);
  transaction(db, durability, () => db.exec('INSERT INTO other VALUES (1)'));
  show();
  expect(settledTimes(db)).toBe(2);
  durability.prepare(['begin']);
  transaction(db, durability, () => db.exec('INSERT INTO other VALUES (2)'));
  durability.prepare(['record']);
  transaction(db, durability, () => db.exec('INSERT INTO other VALUES (3)'));
  show();
  expect(settledTimes(db)).toBe(2);
});

it('syncs what another process wrote before it is shown in the CSV', async () => {
  const { db, path } = await opened();
  const durability = new Durability(db);
  const show = () => {
    durability.prepare(['unprojected']);
    transaction(db, durability, () => durability.showing());
  };
  show();
  const other = new Database(path);
  other.pragma('synchronous = NORMAL');
  other.exec('INSERT INTO other VALUES (1)');
  other.close();
  show();
  expect(settledTimes(db)).toBe(2);
});

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openSqliteLedger } from '../../../src/ledger/index.ts';
import { MIGRATIONS } from '../../../src/ledger/sqlite/migrations.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { attempt, failed, item, ROW } from '../fixtures.ts';

const HASH = 'ab'.repeat(32);
const OTHER_HASH = 'cd'.repeat(32);

/** A ledger as format 1 wrote it: one file for two rows, one that nobody looked at, a reset, a failure. */
async function ledgerOfFormat1(): Promise<string> {
  const path = join(await tempFolder(), 'ledger.db');
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.exec(MIGRATIONS[0] ?? '');
  db.pragma('user_version = 1');
  db.exec(`
    INSERT INTO csv_row (row_id, type, name, email, seq) VALUES ('007', '${ROW.type}', 'Ada', 'ada@example.org', 3), ('008', 'x', 'Bob', 'bob@example.org', 4);
    INSERT INTO meta VALUES ('seq', '4'), ('csv_mark', 'mark');
    INSERT INTO download (row_id, download_type, generation, lease, link, status, attempts, media_ids, files, last_attempt) VALUES
      ('007', 'youtube', 2, 5, 'https://youtu.be/aaaaaaaaaaa', 'completed', 0, '["aaaaaaaaaaa"]', '["new.mp4","new.en.vtt"]', '2026-11-01T10:00:05.000Z'),
      ('007', 'drive', 1, 1, 'https://drive.google.com/x', 'failed', 1, '[]', '[]', '2026-11-01T10:01:00.000Z'),
      ('008', 'youtube', 1, 1, 'https://youtu.be/aaaaaaaaaaa', 'completed', 0, '["aaaaaaaaaaa"]', '["same.mp4"]', '2026-11-01T10:02:00.000Z');
    INSERT INTO attempt (row_id, download_type, generation, link, number, started_at, ended_at, status, cause, category, message, run_id) VALUES
      ('007', 'youtube', 1, 'l', 1, '2026-11-01T09:00:00.000Z', '2026-11-01T09:00:05.000Z', 'completed', NULL, NULL, NULL, 'run-1'),
      ('007', 'youtube', 2, 'l', 1, '2026-11-01T10:00:00.000Z', '2026-11-01T10:00:05.000Z', 'completed', NULL, NULL, NULL, 'run-1'),
      ('007', 'drive', 1, 'l', 1, '2026-11-01T10:00:00.000Z', '2026-11-01T10:01:00.000Z', 'failed', 'timeout', 'network', 'too slow', 'run-1'),
      ('008', 'youtube', 1, 'l', 1, '2026-11-01T10:01:00.000Z', '2026-11-01T10:02:00.000Z', 'completed', NULL, NULL, NULL, 'run-1');
    INSERT INTO item (id, row_id, download_type, generation, item_key, kind, media_id, position, source_url, status, attempts) VALUES
      (1, '007', 'youtube', 1, 'video:old', 'video', 'old', 0, 'u', 'completed', 1),
      (2, '007', 'youtube', 2, 'video:aaaaaaaaaaa', 'video', 'aaaaaaaaaaa', 0, 'u', 'completed', 1),
      (3, '008', 'youtube', 1, 'video:aaaaaaaaaaa', 'video', 'aaaaaaaaaaa', 0, 'u', 'completed', 1);
    INSERT INTO file (item_id, ordinal, path, name, folder, size, sha256) VALUES
      (1, 0, 'old.mp4', 'old.mp4', '/media', 50, x'${OTHER_HASH}'),
      (2, 0, 'new.mp4', 'new.mp4', '/media', 10, x'${HASH}'),
      (2, 1, 'new.en.vtt', 'new.en.vtt', NULL, NULL, NULL),
      (3, 0, 'same.mp4', 'same.mp4', '/media', 10, x'${HASH}');
  `);
  db.close();
  return path;
}

it('brings a ledger of format 1 up to date, with all that it knows', async () => {
  const path = await ledgerOfFormat1();
  const ledger = await openSqliteLedger(path);
  expect(await ledger.csvMark()).toBe('mark');
  expect((await ledger.row('007'))?.downloads.youtube).toMatchObject({
    generation: 2,
    lease: 5,
    files: ['new.mp4', 'new.en.vtt'],
  });
  const found = await ledger.filesWithHash(HASH);
  expect(found.map(({ rowId, path: file, size, sha256 }) => [rowId, file, size, sha256])).toEqual([
    ['007', 'new.mp4', 10, HASH],
    ['008', 'same.mp4', 10, HASH],
  ]);
  expect(await ledger.filesWithHash(OTHER_HASH)).toHaveLength(1);
  expect(await ledger.filesNamed('new.en.vtt')).toMatchObject([{ size: null, sha256: null, folder: null }]);
  expect(await ledger.totals()).toEqual({ youtube: { files: 3, bytes: 20 }, drive: { files: 0, bytes: 0 } });
  expect(await ledger.attemptsSince(null)).toMatchObject({
    youtube: { attempts: 3, completed: 3, averageSeconds: null },
    drive: { attempts: 1, failed: 1, failedByCause: { timeout: 1 }, failedByCategory: { network: 1 } },
  });
  expect(await ledger.recentErrors(5)).toMatchObject([{ rowId: '007', cause: 'timeout' }]);
  expect((await ledger.attemptsOf('007')).map(({ generation, items }) => [generation, items.length])).toEqual(
    [
      [1, 1],
      [2, 1],
      [1, 0],
    ],
  );
  expect((await ledger.attemptsOf('008'))[0]?.attempts[0]).toMatchObject({ lease: null, files: null });
  await ledger.close();
});

it('goes on with a ledger of format 1 as if it had always been of this one', async () => {
  const ledger = await openSqliteLedger(await ledgerOfFormat1());
  const files = [{ path: 'more.mp4', size: 10, sha256: HASH }];
  const items = [item('bbbbbbbbbbb', 1, { files })];
  expect(await ledger.record(attempt({ items }))).toMatchObject({
    files: ['new.mp4', 'new.en.vtt', 'more.mp4'],
  });
  expect(await ledger.filesWithHash(HASH)).toHaveLength(3);
  expect(await ledger.totals()).toMatchObject({ youtube: { files: 4, bytes: 30 } });
  await ledger.record(attempt({ items: [], outcome: failed('timeout') }));
  expect((await ledger.attemptsSince(null)).youtube).toMatchObject({ attempts: 5, failed: 1, files: 1 });
  await ledger.close();
});

it('says that a ledger is brought up to date, and nothing of one that is', async () => {
  const path = await ledgerOfFormat1();
  const said: unknown[] = [];
  for (let times = 0; times < 2; times++) {
    const ledger = await openSqliteLedger(path, { onMigration: (migration) => said.push(migration) });
    await ledger.close();
  }
  expect(said).toEqual([{ from: 1, to: MIGRATIONS.length }]);
  const made = await openSqliteLedger(join(await tempFolder(), 'ledger.db'), {
    onMigration: (migration) => said.push(migration),
  });
  await made.close();
  expect(said).toHaveLength(1);
});

it('is the same database after its steps as one that was made at once', async () => {
  const made = join(await tempFolder(), 'ledger.db');
  const schemaOf = (path: string) => {
    const db = new Database(path, { readonly: true });
    const names = db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all();
    db.close();
    return names;
  };
  const brought = await ledgerOfFormat1();
  for (const path of [made, brought]) await (await openSqliteLedger(path)).close();
  expect(schemaOf(brought)).toEqual(schemaOf(made));
});

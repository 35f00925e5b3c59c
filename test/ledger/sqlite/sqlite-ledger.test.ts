import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openLedgerCopy, openSqliteLedger, prepareLedgerThread } from '../../../src/ledger/index.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { attempt, ROW } from '../fixtures.ts';
import { custodyContract } from '../custody-contract.ts';
import { historyContract } from '../history-contract.ts';
import { ledgerContract } from '../ledger-contract.ts';

const RECORDER = fileURLToPath(new URL('record-until-killed.ts', import.meta.url));

const open = async () => openSqliteLedger(join(await tempFolder(), 'ledger.db'));
ledgerContract('sqlite', open);
historyContract('sqlite', open);
custodyContract('sqlite', open);

it('keeps every acknowledged result over kill -9, at any moment', async () => {
  const path = join(await tempFolder(), 'ledger.db');
  const acknowledged: string[] = [];
  for (let round = 0; round < 5; round++) {
    const child = spawn(process.execPath, [RECORDER, path, String(round)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    // Five at least, also where a disk is slow.
    while (text.split('\n').length <= 5 && child.exitCode === null && child.signalCode === null)
      await sleep(1);
    await sleep(20 + round * 37);
    child.kill('SIGKILL');
    await once(child, 'close');
    acknowledged.push(...text.split('\n').slice(0, -1));
  }
  expect(acknowledged.length).toBeGreaterThan(20);
  const ledger = await openSqliteLedger(path);
  for (const rowId of acknowledged)
    expect((await ledger.row(rowId))?.downloads.youtube?.status).toBe('completed');
  await ledger.close();
});

it('waits for another connection that holds the database, without losing a result or blocking', async () => {
  const path = join(await tempFolder(), 'ledger.db');
  const ledger = await openSqliteLedger(path);
  await ledger.record(attempt());
  const other = new Database(path);
  other.exec('BEGIN IMMEDIATE');
  const waiting = ledger.record(attempt({ row: { ...ROW, rowId: '008' } }));
  expect(await Promise.race([waiting, sleep(100, 'still waiting')])).toBe('still waiting');
  other.exec('COMMIT');
  expect(await waiting).toMatchObject({ rowId: '008', status: 'completed' });
  other.close();
  await ledger.close();
});

it('refuses a ledger of a newer format with a sentence', async () => {
  const path = join(await tempFolder(), 'ledger.db');
  const db = new Database(path);
  db.pragma('user_version = 999');
  db.close();
  await expect(openSqliteLedger(path)).rejects.toMatchObject({ code: 'ledger_newer' });
});

it('says that a file which is no database is corrupt', async () => {
  const path = join(await tempFolder(), 'ledger.db');
  await writeFile(path, 'this is not a database, although it is long enough to be one'.repeat(20));
  await expect(openSqliteLedger(path)).rejects.toMatchObject({
    code: 'ledger_corrupt',
    category: 'data_corruption',
  });
});

it('rejects calls after it was closed, and does not hang', async () => {
  const ledger = await openSqliteLedger(join(await tempFolder(), 'ledger.db'));
  await ledger.close();
  await ledger.close();
  await expect(ledger.row('007')).rejects.toThrow('closed');
});

it('rejects a call whose arguments cannot go to its thread, and makes those beside it', async () => {
  const ledger = await open();
  // As a caller without types might do it.
  const row = { ...ROW, name: Symbol('no text') } as Record<keyof typeof ROW, unknown> as typeof ROW;
  const [before, wrong, after] = await Promise.allSettled([
    ledger.record(attempt()),
    ledger.record(attempt({ row })),
    ledger.record(attempt({ row: { ...ROW, rowId: '008' } })),
  ]);
  expect([before.status, wrong.status, after.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await ledger.unprojected(0, 10)).toHaveLength(2);
  await ledger.close();
});

it('fails one call of many alone, and does the others', async () => {
  const ledger = await open();
  // SQLite has no such value: the call fails in the middle of a transaction.
  const folder: string = JSON.parse('{"no": "text"}');
  const wrong = attempt({ row: { ...ROW, rowId: '008' }, folder });
  const settled = await Promise.allSettled([
    ledger.record(attempt()),
    ledger.record(wrong),
    ledger.record(attempt({ row: { ...ROW, rowId: '009' } })),
  ]);
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect((await ledger.unprojected(0, 10)).map(({ rowId }) => rowId)).toEqual(['007', '009']);
  expect((await ledger.attemptsSince(null)).youtube.attempts).toBe(2);
  expect((await ledger.totals()).youtube.files).toBe(2);
  await ledger.close();
});

it('a copy for reading shows one state, keeps nothing behind, and takes no change', async () => {
  const path = join(await tempFolder(), 'ledger.db');
  const ledger = await openSqliteLedger(path);
  await ledger.record(attempt());
  vi.stubEnv('TMPDIR', await tempFolder());
  onTestFinished(() => void vi.unstubAllEnvs());
  // What was committed stands in the log as long as somebody has the ledger open.
  const copies = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('rowtrail-ledger-'));
  const before = await copies();
  const copy = await openLedgerCopy(path);
  expect(await copies()).toEqual(before);
  expect((await copy.row('007'))?.downloads.youtube).toMatchObject({ status: 'completed' });
  await expect(copy.record(attempt({ items: [] }))).rejects.toMatchObject({ code: 'access_denied' });
  await ledger.record(attempt({ row: { ...ROW, rowId: '008' } }));
  expect(await copy.row('008')).toBeNull();
  expect((await ledger.attemptsOf('007'))[0]?.attempts).toHaveLength(1);
  await copy.close();
  await ledger.close();
});

it('a thread that was prepared keeps the ledger that is opened next, and that alone', async () => {
  const folder = await tempFolder();
  prepareLedgerThread();
  prepareLedgerThread();
  const [first, second] = await Promise.all(
    ['first.db', 'second.db'].map((name) => openSqliteLedger(join(folder, name))),
  );
  await first?.record(attempt());
  expect(await first?.row(ROW.rowId)).toMatchObject({ rowId: ROW.rowId });
  expect(await second?.row(ROW.rowId)).toBeNull();
  await Promise.all([first?.close(), second?.close()]);
});

it('a thread that was prepared for nothing keeps no process alive', async () => {
  const ledger = new URL('../../../src/ledger/index.ts', import.meta.url).href;
  const program = `import { prepareLedgerThread } from ${JSON.stringify(ledger)}; prepareLedgerThread();`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'inherit' });
  expect(await once(child, 'close')).toEqual([0, null]);
});
